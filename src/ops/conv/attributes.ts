import { z } from 'zod';
import { type LinearAttributes, linearAttributes } from '../shared/linear-attributes.js';
import { type WindowAttributes, windowAttributes } from '../shared/window.js';

export const channels = z.int().min(1).max(65536);

export const attributes = z.strictObject({
  channels,
  groups: channels,
  interleaved: z.boolean().optional(),
  ...windowAttributes,
  ...linearAttributes,
});

export interface ConvAttributes extends LinearAttributes, WindowAttributes {
  readonly channels: number;
  /** Input and output channels are split into this many independent parts. */
  readonly groups: number;
  /** Output channel `o` is of group `o % groups`: a channel shuffle is folded in. Otherwise groups make neighbours. */
  readonly interleaved?: boolean | undefined;
}

/** The group of output channel `o`. */
export function groupOf({ channels, groups, interleaved = false }: ConvAttributes, o: number): number {
  return interleaved ? o % groups : Math.floor((o * groups) / channels);
}
