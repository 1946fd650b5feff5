import type { BlockDefinition } from './block.js';
import { effnetBlock } from './effnet-block.js';
import { invertedResidual } from './inverted-residual.js';
import { mixConv } from './mix-conv.js';
import { mobilenetBlock } from './mobilenet-block.js';
import { shufflenetUnit } from './shufflenet-unit.js';
import { binaryConv, swish } from './single.js';
import { squeezeExcite } from './squeeze-excite.js';

/** Every block of the vocabulary, a row each. */
const rows: readonly BlockDefinition[] = [
  effnetBlock,
  mobilenetBlock,
  invertedResidual,
  shufflenetUnit,
  mixConv,
  squeezeExcite,
  swish,
  binaryConv,
];

/** The block table by kind. */
export const blockTable: ReadonlyMap<string, BlockDefinition> = new Map(rows.map(block => [block.kind, block]));
