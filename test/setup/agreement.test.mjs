import { describe, expect, it } from 'vitest';
import { aptCommandLine } from '../../src/setup/apt.mjs';
import { tools } from '../../src/setup/tools.mjs';
import { installLine, toolSpecs } from '../../src/toolchain/tools.js';

// Set-up runs before anything is compiled, so it cannot share its table with `effnetc doctor`.
describe('set-up and doctor', () => {
  it('know the same tools, purposes and packages', () => {
    const ofSetup = Object.values(tools).map(({ name, purpose, packages }) => ({ name, purpose, packages }));
    const ofDoctor = Object.values(toolSpecs).map(({ program, purpose, packages }) => ({
      name: program,
      purpose,
      packages,
    }));
    expect(ofDoctor).toEqual(ofSetup);
  });

  it('give the same line to type', () => {
    expect(installLine(['a', 'b'])).toBe(aptCommandLine(['a', 'b']));
  });
});
