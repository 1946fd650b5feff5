import { describe, expect, it } from 'vitest';
import { clipped, functions, qlinear, residual } from './networks.js';
import { compareInt8 } from './run.js';

describe('quantised networks equal ONNX Runtime within one step', () => {
  it.each([
    ['QDQ int8', residual('INT8'), 'conv depthwiseConv add maxPool concat dense'],
    ['QDQ uint8', residual('UINT8'), 'conv depthwiseConv add maxPool concat dense'],
    ['QDQ functions', functions('UINT8'), 'lookup mul lookup lookup lookup mean mul sub avgPool'],
    ['QDQ Clip', clipped('UINT8'), 'conv'],
    ['QLinear uint8', qlinear(), 'conv add maxPool depthwiseConv dense dense'],
  ] as const)('%s', async (name, model, layers) => {
    const found = await compareInt8(model);
    console.log(`${name}: ${(100 * found.share).toFixed(2)} % of the outputs differ, by at most ${found.difference}`);
    expect(found.layers.join(' ')).toBe(layers);
    expect(found.distinct).toBeGreaterThan(name === 'QLinear uint8' ? 4 : 20);
    expect(found.difference).toBeLessThanOrEqual(1);
    expect(found.share).toBeLessThan(0.2);
  });
});
