/** An ISA feature that a kernel may need, as the target files list them. */
export type IsaFeature = 'thumb1' | 'thumb2' | 'dsp' | 'mve';

/** A memory region of a chip or board. */
export interface MemoryRegion {
  readonly origin: number;
  readonly bytes: number;
}

/** A timer that advances with emulated time, from which executed instructions are computed. */
export interface TargetTimer {
  readonly kind: 'cmsdk' | 'nrf' | 'sse300';
  readonly address: number;
  readonly hertz: number;
}

export interface QemuBoard {
  readonly machine: string;
  /** Further arguments, such as `-global nrf51-soc.sram-size=...`. */
  readonly arguments: readonly string[];
  readonly timer: TargetTimer;
}

/** Where the code is loaded and run in emulation: the board's memory, not a promise about the user's chip. */
export interface EmulatedMemory {
  /** Where the vector table has to be, when that is not the beginning of `code`. */
  readonly vectors?: MemoryRegion | undefined;
  readonly code: MemoryRegion;
  readonly ram: MemoryRegion;
}

/** A memory region of the chip for a part of the model, and the section through which the linker puts it there. */
export interface Place {
  readonly section: string;
  readonly region: MemoryRegion;
}

/** Parts of a model that go elsewhere than where other data goes: the arena into fast memory, weights into slow flash. */
export interface LinkerSections {
  readonly arena?: Place | undefined;
  readonly weights?: Place | undefined;
}

/** What a `targets/NAME.json` says, validated. */
export interface Target {
  readonly name: string;
  readonly description: string;
  /** Absent on the host. */
  readonly cpu?: string | undefined;
  readonly isa: readonly IsaFeature[];
  readonly compiler: { readonly family: 'arm-none-eabi' | 'host'; readonly flags: readonly string[] };
  /** The user's budget, enforced by `compile`; absent where a core says nothing about memory. */
  readonly budget?: { readonly ramBytes: number; readonly flashBytes: number } | undefined;
  readonly memory?: EmulatedMemory | undefined;
  readonly placement?: LinkerSections | undefined;
  readonly qemu?: QemuBoard | undefined;
  /** True where npm's rp2040js can stand in for QEMU (Armv6-M code). */
  readonly rp2040js: boolean;
  /** Source of each number, by JSON path. */
  readonly sources: Readonly<Record<string, string>>;
}
