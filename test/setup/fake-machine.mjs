// A machine for set-up to find: a PATH of small scripts, and a log of what was called.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class FakeMachine {
  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'effnetc-fake-'));
    this.bin = join(this.root, 'bin');
    this.log = join(this.root, 'log');
    mkdirSync(this.bin);
    /** @type {string[]} */
    this.lines = [];
  }

  /** @returns {NodeJS.ProcessEnv} */
  get env() {
    return { PATH: this.bin, LOG: this.log, BIN: this.bin };
  }

  /** What set-up said, steps without their times. */
  get said() {
    return this.lines.join('\n');
  }

  /** @type {import('../../src/setup/report.mjs').Report} */
  get report() {
    return {
      line: text => void this.lines.push(text),
      step: text => result => void this.lines.push(`${text} ... ${result}`),
    };
  }

  /**
   * Adds a program that logs its call, then runs `body`.
   * @param {string} name
   * @param {string} body
   */
  program(name, body) {
    const file = join(this.bin, name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> "$LOG"\n${body}\n`);
    chmodSync(file, 0o755);
    return this;
  }

  /** apt-get that "installs" working tools into the PATH, and the `env` that set-up calls it through. */
  withApt() {
    const create = (/** @type {string} */ tool) =>
      `printf '#!/bin/sh\\nexit 0\\n' > "$BIN/${tool}"; /bin/chmod +x "$BIN/${tool}"`;
    this.program('env', '[ "$1" = DEBIAN_FRONTEND=noninteractive ] || exit 9\nshift\nexec "$@"');
    return this.program(
      'apt-get',
      `case "$1" in
        install) for word in "$@"; do case "$word" in
          gcc-arm-none-eabi) ${create('arm-none-eabi-gcc')};;
          qemu-system-arm) ${create('qemu-system-arm')};;
          gcc|clang|chromium) ${create('$word')};;
        esac; done;;
      esac`,
    );
  }

  /** The calls so far, without those that only probe. */
  get calls() {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8').trimEnd().split('\n') : [];
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true });
  }
}
