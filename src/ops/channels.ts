import type { Attributes, Node } from '../ir/graph.js';
import type { Shape, TensorType, ValueRange } from '../ir/tensor.js';

/**
 * What an op of an integer graph knows of its channels, for passes that leave out channels whose values are known or that nobody
 * needs. Channels are counted as in the tensors that the node has now.
 */

/** What is known of a tensor that a node reads. */
export interface ChannelInput {
  readonly type: TensorType;
  /** The least and the greatest value of each channel, at every position and for every input of the network. */
  readonly ranges: readonly ValueRange[];
}

/** Channels of a node that stay together or go together. */
export interface ChannelBundle {
  /** Of each input of the node. */
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly number[];
}

/** The channels that stay, in ascending order. */
export interface KeptChannels {
  /** Of each input of the node. */
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly number[];
}

/**
 * An op without these rules needs all channels of its inputs and makes all of its own. With them, an output in no bundle always
 * stays, and so does an input in no bundle but where {@link spared} says otherwise.
 */
export interface ChannelRules<A extends Attributes = Attributes> {
  /** What each channel of the result can hold: never less than what it does hold. */
  ranges(node: Node<A>, inputs: readonly ChannelInput[]): readonly ValueRange[];

  /** The channels that go together. No channel is in two bundles, unless the node reads one tensor twice. */
  bundles(node: Node<A>, inputs: readonly Shape[]): readonly ChannelBundle[];

  /**
   * For each channel of each input that is in no bundle: can the node make `outputs`, every byte, without reading it? All channels
   * for which that is so can go at once.
   */
  spared?(node: Node<A>, inputs: readonly ChannelInput[], outputs: readonly number[]): readonly (readonly boolean[])[];

  /** The node that reads and makes the channels that stay. They are whole bundles, and what is missing of inputs was spared. */
  select(node: Node<A>, inputs: readonly ChannelInput[], kept: KeptChannels): Node<A>;
}

/** The one value that a channel holds, where it is known. */
export function knownValue({ low, high }: ValueRange): number | undefined {
  return low === high ? low : undefined;
}
