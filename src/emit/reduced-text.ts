import type { ReducedLayer } from '../ops/facts.js';

/** What was left out of a network, in a few words: `12 channels, 384 weights and 98304 MACs of 3 layers`. */
export function reducedText(reduced: readonly ReducedLayer[]): string {
  const [channels, weights, macs] = (['channels', 'weights', 'macs'] as const).map(of =>
    reduced.reduce((sum, layer) => sum + layer[of].before - layer[of].after, 0),
  );
  const layers = reduced.length === 1 ? '1 layer' : `${reduced.length} layers`;
  return `${channels} channels, ${weights} weights and ${macs} MACs of ${layers}`;
}
