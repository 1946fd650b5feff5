import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TemplateEngine } from '../../src/emit/engine.js';
import { emitModel } from '../../src/emit/model-view.js';
import { planKernels } from '../../src/select/choose.js';
import { packageRoot } from '../../src/package-root.js';
import { integerPasses, runPasses } from '../../src/passes/index.js';
import { planGraph } from '../../src/plan/plan.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { makeModel, models } from '../ops/models.js';

const names = Object.keys(models);
/** Weights come from one sequence of random numbers: these stand after what was here before them. */
const later = ['rescaled', 'curved', 'exponential', 'resized'];

// Between them these models have every op; read the C as its user would. `npm run vitest -- test/golden -u` writes it.
it.each([
  ...names.filter(name => !later.includes(name)).map(name => [name, 'native', name] as const),
  ['residual', 'tflite', 'residual-tflite'] as const,
  ...later.map(name => [name, 'native', name] as const),
])('C of %s, %s', async (name, rounding, file) => {
  const { fused, images } = await makeModel(name);
  const lowered = lowerModel(quantiseGraph(fused, await calibrate(fused, images), rounding));
  const graph = runPasses(lowered, integerPasses);
  const engine = new TemplateEngine(join(packageRoot(), 'templates'));
  const parts = { graph, plan: planGraph(graph, planKernels(graph, [])), isa: [], version: '0.0.0', provenance: [] };
  const { files } = emitModel(parts, engine);
  await expect(files.get(`${graph.name}.c`)).toMatchFileSnapshot(join('c', 'ops', `${file}.c`));
});
