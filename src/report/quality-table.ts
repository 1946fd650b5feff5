import { escapeControls } from '../diagnostics/text.js';
import { numberType } from '../emit/describe.js';
import { activationType } from '../ir/tensor.js';
import { widthName } from '../kernels/packing/bit-layout.js';
import { clamp } from '../numeric/requantise.js';
import type { LayerQuality } from '../quantize/quality.js';
import { formatPercent } from './format.js';
import type { QualityView } from './page-views.js';

/** Of all tensors so many, those with the most noise, stand out. */
const worstShown = 3;

/** As much is a full bar; int8 reaches it where a tensor is given exactly. */
const fullBar = 60;

/** Height of a histogram in its own units. */
const height = 20;

const none = '–';

/** The bars of a histogram; the highest bin is as high as the picture, and no bin that has values vanishes. */
function histogramPath(counts: readonly number[]): string {
  const most = Math.max(...counts);
  return counts
    .map((count, i) => {
      if (count === 0) return '';
      const bar = Math.max(1, Math.round((height * count) / most));
      return `M${i} ${height}v-${bar}h1v${bar}z`;
    })
    .join('');
}

/** How well each tensor agrees with the float network, as the weights file has it. */
export function qualityTable(layers: readonly LayerQuality[] | undefined): QualityView | null {
  if (layers === undefined) return null;
  const ratios = layers.flatMap(({ signalToNoise }) => signalToNoise ?? []);
  const bound = ratios.toSorted((a, b) => a - b)[worstShown - 1] ?? Number.NEGATIVE_INFINITY;
  const rows = layers.map(({ name, signalToNoise, saturation, quantisation, rule, values, weights, weightBits }) => ({
    name: escapeControls(name),
    worst: signalToNoise !== undefined && signalToNoise <= bound,
    signalToNoise: signalToNoise === undefined ? none : signalToNoise.toFixed(2),
    percent: clamp((100 * (signalToNoise ?? fullBar)) / fullBar, 0, 100).toFixed(1),
    low: formatPercent(saturation.low),
    high: formatPercent(saturation.high),
    type: numberType({ dtype: activationType(quantisation) }),
    scale: quantisation.scale.toPrecision(4),
    zeroPoint: String(quantisation.zeroPoint),
    rule: escapeControls(rule ?? none),
    values: histogramPath(values),
    weights: weights === undefined ? '' : histogramPath(weights),
    width: weightBits === undefined ? '' : widthName(weightBits),
  }));
  return { rows, bins: layers[0]?.values.length ?? 1, height };
}
