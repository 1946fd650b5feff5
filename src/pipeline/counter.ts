import { countLayers } from '../run/profile.js';
import type { KernelCounter } from '../select/tune.js';
import type { Target } from '../target/target.js';
import { findTool, requireTool, type Tool, toolVersion } from '../toolchain/tools.js';
import { compileModel } from './compile.js';
import type { LoadedModel } from './load.js';

const described = async (tool: Tool): Promise<string> =>
  `${tool.program} ${(await toolVersion(tool)) ?? 'of an unknown version'}`;

/** Counts kernels of a model in emulation: each firmware has one kernel of every layer. */
export function kernelCounter(loaded: LoadedModel, target: Target): KernelCounter {
  return {
    async compiler() {
      const tool = findTool('armCompiler');
      return tool && described(tool);
    },
    requireCompiler: async () => described(requireTool('armCompiler')),
    async count(choices) {
      const { firmware } = compileModel(loaded, target, '0.0.0', { order: 'layers', choose: () => choices });
      return (await countLayers(firmware)).map(({ instructions }) => instructions);
    },
  };
}
