import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The tests of src/setup are plain modules like what they test: set-up runs before there is a compiler.
    include: ['test/**/*.test.ts', 'test/setup/*.test.mjs'],
    setupFiles: ['test/property-seed.ts'],
    // Building and emulating firmware on two busy cores; pure tests take milliseconds.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
