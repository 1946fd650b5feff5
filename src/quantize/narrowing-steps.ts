import { invariant } from '../diagnostics/diagnostic.js';
import type { LayerSensitivity, LayerWidth } from './sensitivity.js';
import type { WeightBitsRule } from './weight-bits.js';

/** A width for each layer with weights. */
export type Widths = ReadonlyMap<string, LayerWidth>;

/** Bytes of all weights. */
export const bytesOf = (widths: Widths): number => [...widths.values()].reduce((sum, { bytes }) => sum + bytes, 0);

export const rulesOf = (widths: Widths): readonly WeightBitsRule[] =>
  [...widths].map(([pattern, { bits }]) => ({ pattern, bits }));

/**
 * Greedy order of states from 8 bits throughout to the least: always the step that adds the least error for the bytes that it saves.
 * Steps of one layer may skip widths: what is no better by error than a narrower one is never worth its bytes.
 */
export function narrowingStates(layers: readonly LayerSensitivity[]): readonly Widths[] {
  const states: Widths[] = [new Map(layers.map(({ layer, widths }) => [layer, widths[0]]))];
  for (;;) {
    const current = states[states.length - 1];
    let best: { layer: string; to: LayerWidth; price: number } | undefined;
    for (const { layer, widths } of layers) {
      const from = widthOf(current, layer);
      for (const to of widths) {
        if (to.bytes >= from.bytes) continue;
        const price = (to.error - from.error) / (from.bytes - to.bytes);
        if (best === undefined || price < best.price) best = { layer, to, price };
      }
    }
    if (best === undefined) return states;
    states.push(new Map(current).set(best.layer, best.to));
  }
}

/** Uses up what a state leaves of the bytes: always the wider weights that take the most error away and still fit. */
export function widened(layers: readonly LayerSensitivity[], state: Widths, maxBytes: number): Widths {
  const result = new Map(state);
  for (;;) {
    const left = maxBytes - bytesOf(result);
    let best: { layer: string; to: LayerWidth; gain: number } | undefined;
    for (const { layer, widths } of layers) {
      const from = widthOf(result, layer);
      for (const to of widths) {
        const gain = from.error - to.error;
        if (to.bytes - from.bytes > left || gain <= 0 || to.bytes < from.bytes) continue;
        if (best === undefined || gain > best.gain) best = { layer, to, gain };
      }
    }
    if (best === undefined) return result;
    result.set(best.layer, best.to);
  }
}

/** The states with one layer a width narrower, those that save most first. */
export function narrowerStates(layers: readonly LayerSensitivity[], state: Widths): readonly Widths[] {
  return layers
    .flatMap(({ layer, widths }) => {
      const next = widths.find(({ bytes }) => bytes < widthOf(state, layer).bytes);
      return next === undefined ? [] : [new Map(state).set(layer, next)];
    })
    .sort((a, b) => bytesOf(a) - bytesOf(b));
}

function widthOf(state: Widths, layer: string): LayerWidth {
  const width = state.get(layer);
  invariant(width !== undefined, `'${layer}' has a width`);
  return width;
}
