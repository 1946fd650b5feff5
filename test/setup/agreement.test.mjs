import { describe, expect, it } from 'vitest';
import { installLine, toolSpecs } from '../../src/cli/doctor/tools.js';
import { aptCommandLine } from '../../src/setup/apt.mjs';
import { tools } from '../../src/setup/tools.mjs';

// Set-up runs before anything is compiled, so it cannot share its table with `effnetc doctor`.
describe('set-up and doctor', () => {
  it('know the same tools, purposes and packages', () => {
    const ofSetup = Object.values(tools).map(({ name, purpose, packages }) => ({ name, purpose, packages }));
    const ofDoctor = Object.values(toolSpecs).map(({ name, purpose, packages }) => ({ name, purpose, packages }));
    expect(ofDoctor).toEqual(ofSetup);
  });

  it('give the same line to type', () => {
    expect(installLine(['a', 'b'])).toBe(aptCommandLine(['a', 'b']));
  });
});
