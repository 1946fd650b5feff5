import type { Firmware } from '../toolchain/firmware.js';

/** What a driver saw: for each vector the output, and with `trace` every byte of every layer. */
export interface DriverResult {
  readonly outputs: readonly Uint8Array[];
  /** `layers[v][l]` are the bytes of layer `l` for vector `v`, rows in order; only with `trace`. */
  readonly layers?: readonly (readonly Uint8Array[])[];
}

/** Something that runs generated C on vectors of raw input bytes. */
export interface Driver {
  readonly name: 'host' | 'qemu' | 'rp2040js';
  /** Why it cannot run this firmware on any machine; undefined when it can. */
  unsuited(firmware: Firmware): string | undefined;
  /** Undefined when it can run here; otherwise the reason why not, and what to install. */
  unavailable(firmware: Firmware): string | undefined;
  run(firmware: Firmware, vectors: readonly Uint8Array[], options: RunOptions): Promise<DriverResult>;
}

export interface RunOptions {
  readonly trace: boolean;
  /** Called as vectors finish. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}
