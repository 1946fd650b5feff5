import type { Node } from '../../ir/graph.js';
import type { PoolAttributes } from '../../ops/pool.js';
import type { KernelVariant } from '../kernel.js';
import { overlayDistance } from '../shared/overlay.js';
import { tapsView } from '../shared/taps.js';
import { counted, windowTaps } from '../shared/work.js';

/** A mean divides by the number of its taps, which is a shift or takes a function; a maximum does neither. */
export function outputsKey(taps: number): string {
  return Number.isInteger(Math.log2(taps)) ? 'outputs' : 'outputs of odd windows';
}

/** Portable C of a pool: for each output pixel, gather the taps inside the input, then fold each channel over them. */
export function genericPool(functionName: string, template: string): KernelVariant {
  return {
    name: 'generic',
    int16: true,
    plan(plain, [input]) {
      const node = plain as Node<PoolAttributes>;
      const { kernel } = node.attributes;
      const taps = tapsView(node.attributes, input, node.type, true);
      const { channels } = node.type.shape;
      const { positions, rowsInside, rowsMissing, columnsInside, columnsMissing } = windowTaps(
        node.attributes,
        input.shape,
        node.type.shape,
      );
      const insideTaps = rowsInside * columnsInside;
      return {
        functionName: `${functionName}_${kernel[0]}x${kernel[1]}`,
        template,
        label: 'generic',
        view: {
          taps,
          channels,
          // For windows that have all their taps.
          half: Math.floor(taps.count / 2),
        },
        tables: [],
        helpers: [],
        overlays: [
          overlayDistance(input.shape, node.type.shape, { stride: taps.stridePixels, left: taps.left }, 'channel'),
        ],
        work: {
          // Taps that may be missing are counted as they are found.
          family: `${functionName}/${taps.mayMiss ? 'edges' : 'generic'}`,
          counts: counted({
            positions,
            'gathered taps': taps.several ? insideTaps : 0,
            'missing taps': rowsInside * columnsMissing + rowsMissing * columnsInside + rowsMissing * columnsMissing,
            [taps.several ? 'taps' : 'copied']: insideTaps * channels,
            [outputsKey(taps.count)]: positions * channels,
          }),
        },
      };
    },
  };
}

export const genericAvgPool = genericPool('avgpool', 'kernels/pool/generic-average');

export const genericMaxPool = genericPool('maxpool', 'kernels/pool/generic-maximum');

/** A mean over all rows takes them one by one: int32 sums of its outputs instead of the whole input in memory. */
export const accumulatingAvgPool: KernelVariant = {
  name: 'accumulate',
  int16: true,
  plan(plain, [input]) {
    const node = plain as Node<PoolAttributes>;
    const { kernel, stride, padding } = node.attributes;
    const { height, width, channels } = node.type.shape;
    const wholeHeight = kernel[0] === input.shape.height && height === 1;
    if (!wholeHeight || input.shape.height === 1) return { unsuited: 'an output needs a part of the rows' };
    if (padding.some(rows => rows > 0)) return { unsuited: 'padding' };
    return {
      functionName: `avgpool_${kernel[0]}x${kernel[1]}_rows`,
      template: 'kernels/pool/generic-average-accumulate',
      label: 'accumulate',
      view: {
        outputWidth: width,
        severalPositions: width > 1,
        channels,
        severalChannels: channels > 1,
        columns: kernel[1],
        severalColumns: kernel[1] > 1,
        step: stride[1] * channels,
        stepped: stride[1] * channels > 1,
        lastRow: input.shape.height - 1,
        count: kernel[0] * kernel[1],
        half: Math.floor((kernel[0] * kernel[1]) / 2),
      },
      tables: [],
      helpers: [],
      sumsBytes: 4 * width * channels,
      work: {
        family: 'avgpool/accumulate',
        counts: {
          positions: input.shape.height * width,
          sums: input.shape.height * width * channels,
          taps: input.shape.height * width * channels * kernel[1],
          [outputsKey(kernel[0] * kernel[1])]: width * channels,
        },
      },
    };
  },
};
