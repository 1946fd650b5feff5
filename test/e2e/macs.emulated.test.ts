import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, randomModel } from '../../src/pipeline/index.js';
import { loadTarget } from '../../src/target/load-target.js';
import { runProcess } from '../../src/toolchain/process.js';
import { needsTool } from '../emulation/tools.js';

const caller = (name: string, input: number, output: number): string => `#include "${name}.h"
int main(void)
{
    static int8_t input[${input}];
    static int8_t output[${output}];
    ${name}_infer(input, output);
    return 0;
}
`;

// Counted by gcov while the C runs: how often the lines that multiply and add are executed. Nothing is computed twice, and
// nothing is left out.
it.skipIf(!needsTool('gcc') || !needsTool('gcov')).each([
  ['effnet-cifar10/model.ts', 5_640_192],
  ['shapes/ds-cnn.ts', 2_656_768],
])(
  'the C of %s executes exactly the multiply-accumulates of the model',
  async (file, macs) => {
    const directory = mkdtempSync(join(tmpdir(), 'effnetc-macs-'));
    try {
      const loaded = await randomModel(join(packageRoot(), 'examples', file), { seed: 1 }, new Session());
      const { files, firmware, macs: counted } = compileModel(loaded, loadTarget('host'), '0.0.0');
      const { name, inputBytes, outputBytes } = firmware;
      for (const [path, text] of files) writeFileSync(join(directory, path), text);
      writeFileSync(join(directory, 'caller.c'), caller(name, inputBytes, outputBytes));
      const run = async (program: string, args: readonly string[]) => {
        const { outcome, stdout, stderr } = await runProcess(program, args, { cwd: directory, timeoutMs: 120_000 });
        expect({ program, outcome, stderr }).toEqual({ program, outcome: { kind: 'exited', code: 0 }, stderr: '' });
        return stdout;
      };
      const sources = ['caller.c', `${name}.c`, `${name}_weights.c`];
      await run('gcc', ['-std=c99', '-O0', '--coverage', ...sources, '-o', 'counted']);
      await run('./counted', []);
      const data = readdirSync(directory).find(entry => entry.endsWith(`${name}.gcda`)) ?? '';
      await run('gcov', [data]);
      const listing = readFileSync(join(directory, `${name}.c.gcov`), 'utf8');
      const executed = [...listing.matchAll(/^ *(\d+)\*?: *\d+: *acc \+= .*\*.*;$/gm)];
      expect(executed.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(macs);
      expect(counted).toBe(macs);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
  300_000,
);
