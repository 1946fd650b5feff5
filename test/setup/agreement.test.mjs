import { describe, expect, it } from 'vitest';
import { aptCommandLine } from '../../src/setup/apt.mjs';
import { tools } from '../../src/setup/tools.mjs';
import { installLine, toolSpecs } from '../../src/toolchain/tools.js';

// Set-up runs before anything is compiled, so it cannot share its table with `effnetc doctor`.
describe('set-up and doctor', () => {
  it('know the same tools, purposes and packages', () => {
    const ofSetup = Object.values(tools).map(({ name, alternatives, purpose, packages }) => {
      return { name, alternatives, purpose, packages };
    });
    /** @type {import('../../src/toolchain/tools.js').ToolSpec[]} */
    const specs = Object.values(toolSpecs);
    const ofDoctor = specs.map(({ program, alternatives, purpose, packages }) => {
      return { name: program, alternatives, purpose, packages };
    });
    expect(ofDoctor).toEqual(ofSetup);
  });

  it('give the same line to type', () => {
    expect(installLine(['a', 'b'])).toBe(aptCommandLine(['a', 'b']));
  });
});
