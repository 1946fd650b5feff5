import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** What a lane of tests may take, by the end of its file names. docs/testing.md says what belongs in which. */
const suffixes = ['golden', 'emulated', 'slow'];

// It measures, and tests nothing: `npm run calibrate-costs` asks for it.
const calibration = process.env.EFFNETC_CALIBRATE === undefined ? ['test/costs/calibrate.emulated.test.ts'] : [];

const lane = (name: string) => ({
  extends: true as const,
  test: { name, include: [`test/**/*.${name}.test.ts`], exclude: calibration },
});

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    setupFiles: ['test/property-seed.ts'],
    globalSetup: ['test/shared-directory.ts'],
    // Much of a test's time is spent in compilers and emulators: as many files at once as there are processors.
    maxWorkers: '100%',
    // Building and emulating firmware on two busy cores; pure tests take milliseconds.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          isolate: false,
          // The tests of src/setup are plain modules like what they test: set-up runs before there is a compiler.
          include: ['test/**/*.test.ts', 'test/setup/*.test.mjs'],
          exclude: suffixes.map(suffix => `test/**/*.${suffix}.test.ts`),
        },
      },
      ...suffixes.map(lane),
    ],
  },
});
