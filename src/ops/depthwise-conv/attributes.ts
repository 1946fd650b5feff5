import { z } from 'zod';
import { type LinearAttributes, linearAttributes } from '../shared/linear-attributes.js';
import { type WindowAttributes, windowAttributes } from '../shared/window.js';

export const multiplier = z.int().min(1).max(1024);

export const attributes = z.strictObject({ multiplier, ...windowAttributes, ...linearAttributes });

export interface DepthwiseConvAttributes extends LinearAttributes, WindowAttributes {
  /** Output channels per input channel; output channel `c * multiplier + m` reads input channel `c`. */
  readonly multiplier: number;
}
