/** What doctor looks for. The packages are those that the set-up installs: a test holds them together. */
export interface ToolSpec {
  readonly name: string;
  /** Completes "needed to ...". */
  readonly purpose: string;
  /** False: the main path (compile, verify, profile) works without it. */
  readonly required: boolean;
  /** Packages of Debian and Ubuntu. */
  readonly packages: readonly string[];
}

export const toolSpecs = {
  armCompiler: {
    name: 'arm-none-eabi-gcc',
    purpose: 'build firmware for Cortex-M',
    required: true,
    packages: ['gcc-arm-none-eabi', 'libnewlib-arm-none-eabi'],
  },
  emulator: {
    name: 'qemu-system-arm',
    purpose: 'run the firmware in emulation',
    required: true,
    packages: ['qemu-system-arm'],
  },
  hostCompiler: {
    name: 'gcc',
    purpose: 'check the generated C on this machine under ASan and UBSan',
    required: true,
    packages: ['gcc', 'libc6-dev'],
  },
  secondCompiler: {
    name: 'clang',
    purpose: 'check that a second compiler has no warnings about the generated C',
    required: false,
    packages: ['clang'],
  },
} as const satisfies Readonly<Record<string, ToolSpec>>;

/** How to get a tool, as a line to type. */
export const installLine = (packages: readonly string[]): string =>
  `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
