import type { Node } from '../../ir/graph.js';
import { rowElements } from '../../ir/tensor.js';
import type { ChannelShuffleAttributes } from '../../ops/channel-shuffle.js';
import type { ConcatAttributes } from '../../ops/concat.js';
import type { FlattenAttributes } from '../../ops/flatten.js';
import { type PadAttributes, paddingValue } from '../../ops/pad.js';
import { joinedRows } from '../../ops/reshape.js';
import type { ResizeAttributes } from '../../ops/resize.js';
import type { SliceAttributes } from '../../ops/slice.js';
import type { KernelVariant } from '../kernel.js';

export const genericConcat: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(plain, inputs) {
    const node = plain as Node<ConcatAttributes>;
    const { tables = [] } = node.attributes;
    return {
      functionName: 'concat',
      template: 'kernels/copy/generic-concat',
      label: 'generic',
      view: {
        width: node.type.shape.width,
        parts: inputs.map(({ shape }, row) => ({
          row,
          channels: shape.channels,
          looksUp: tables[row] >= 0,
          zero: 256 * tables[row] + 128,
        })),
      },
      tables: Object.values(node.constants).map(({ data }) => ({
        suffix: 'tables',
        ctype: 'int8_t',
        values: data,
        perLine: 16,
        layout: 'per input of another scale 256: its value in that of the result, for x at x + 128',
        kind: 'tables',
      })),
      helpers: [],
    };
  },
};

export const genericSlice: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(plain, [input]) {
    const { attributes, type } = plain as Node<SliceAttributes>;
    return {
      functionName: 'slice',
      template: 'kernels/copy/generic-slice',
      label: 'generic',
      view: { ...attributes, width: type.shape.width, step: input.shape.channels },
      tables: [],
      helpers: [],
      // Reads run ahead of writes.
      overlays: [0],
    };
  },
};

export const genericChannelShuffle: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(plain) {
    const { attributes, type } = plain as Node<ChannelShuffleAttributes>;
    const { width, channels } = type.shape;
    const { groups } = attributes;
    return {
      functionName: 'channel_shuffle',
      template: 'kernels/copy/generic-channel-shuffle',
      label: 'generic',
      view: { width, channels, groups, perGroup: channels / groups },
      tables: [],
      helpers: [],
    };
  },
};

export const genericPad: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(plain, [input]) {
    const node = plain as Node<PadAttributes>;
    const [top, bottom, left, right] = node.attributes.padding;
    const { channels } = input.shape;
    return {
      functionName: 'pad',
      template: 'kernels/copy/generic-pad',
      label: 'generic',
      view: {
        rowsMayMiss: top > 0 || bottom > 0,
        width: rowElements(node.type),
        left: left * channels,
        right: right * channels,
        inside: rowElements(input),
        value: paddingValue(node, node.type.quantisation),
      },
      tables: [],
      helpers: [],
    };
  },
};

export const genericReshape: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(node, [input]) {
    const rows = joinedRows(input.shape, node.type.shape);
    return {
      functionName: 'reshape',
      template: 'kernels/copy/generic-reshape',
      label: 'generic',
      view: { rows, severalRows: rows > 1, count: rowElements(input) },
      tables: [],
      helpers: [],
    };
  },
};

/** Copies the input's rows into one, channel by channel where PyTorch's order is wanted. */
export const genericFlatten: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(node, [input]) {
    const { height, width, channels } = input.shape;
    const channelsFirst = (node as Node<FlattenAttributes>).attributes.order === 'NCHW';
    return {
      functionName: channelsFirst ? 'flatten_nchw' : 'flatten',
      template: 'kernels/copy/generic-flatten',
      label: 'generic',
      view: { height, width, channels, rowBytes: width * channels, channelsFirst },
      tables: [],
      helpers: [],
      work: {
        family: channelsFirst ? 'flatten/nchw' : 'flatten/generic',
        counts: { rows: height, columns: height * width, outputs: height * width * channels },
      },
    };
  },
};

export const genericResize: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(plain, [input]) {
    const { attributes } = plain as Node<ResizeAttributes>;
    const { width, channels } = input.shape;
    const columns = attributes.factor[1];
    return {
      functionName: `resize_${attributes.factor.join('x')}`,
      template: 'kernels/copy/generic-resize',
      label: 'generic',
      view: { width, channels, columns, repeats: columns > 1, rowElements: width * channels },
      tables: [],
      helpers: [],
      work: {
        family: 'resize/generic',
        counts: { outputs: plain.type.shape.height * width * columns * channels },
      },
    };
  },
};
