import { type ProfileResult, profileFirmware } from '../run/profile.js';
import type { Firmware } from '../toolchain/firmware.js';
import { findTool, missingTool, type ToolName, toolSpecs, toolVersion } from '../toolchain/tools.js';

/** The figures of a run in emulation, or why there are none. */
export type Measurement =
  | { readonly kind: 'measured'; readonly profile: ProfileResult; readonly tools: string }
  | {
      readonly kind: 'none';
      /** A sentence without full stop; says nothing about this machine but which program it lacks. */
      readonly reason: string;
      /** How to get it, for the terminal. */
      readonly hint?: string | undefined;
    };

const neededTools: readonly ToolName[] = ['armCompiler', 'emulator'];

/** Measures an inference where that is wanted and possible. @throws CompileError when a build or a run fails */
export async function measure(firmware: Firmware, wanted: boolean): Promise<Measurement> {
  if (!wanted) return { kind: 'none', reason: 'this page was made with --no-profile' };
  const { target } = firmware;
  if (target.qemu === undefined) return { kind: 'none', reason: `nothing emulates the target ${target.name}` };
  for (const name of neededTools) {
    const missing = missingTool(name);
    if (missing === undefined) continue;
    const { program, purpose } = toolSpecs[name];
    return { kind: 'none', reason: `${program} was not found; it is needed to ${purpose}`, hint: missing.hint };
  }
  const profile = await profileFirmware(firmware, { counts: true });
  const versions = neededTools.map(async name => {
    const tool = findTool(name);
    const version = tool === undefined ? undefined : await toolVersion(tool);
    return `${toolSpecs[name].program} ${version ?? 'of unknown version'}`;
  });
  return { kind: 'measured', profile, tools: (await Promise.all(versions)).join(', ') };
}
