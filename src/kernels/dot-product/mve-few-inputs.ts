import type { Node } from '../../ir/graph.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import type { KernelInput, KernelOffer } from '../kernel.js';
import { type RequantiseView, requantisePlan } from '../requantise/generic.js';
import { isFused, preShiftOf } from '../requantise/mve.js';
import { groupTable, largestPitch, tileChannels, tileView, vector } from '../shared/mve-tile.js';
import { tapsView, type WindowGeometry } from '../shared/taps.js';
import { counted } from '../shared/work.js';

/** What `kernels/dot-product/mve-few-inputs` reads. */
export interface MveFewInputsView {
  /** Inputs of a position. */
  readonly depth: number;
  readonly channels: number;
  readonly groups: number;
  readonly outputWidth: number;
  readonly pairs: number;
  /** Bytes from an input position to the next, and to the second next. */
  readonly step: number;
  readonly pairStep: number;
  /** Bytes of the input row as far as it is read, and of all steps. */
  readonly rowBytes: number;
  readonly allSteps: number;
  /** Bytes of two positions of the output are near enough for an immediate offset; and how many they are. */
  readonly outputsNear: boolean;
  readonly pairChannels: number;
  readonly preShift: number;
  /** Added to requantised accumulators; and its low half. */
  readonly offset: number;
  readonly offsetHalf: number;
  readonly requantise: RequantiseView;
}

/** Offsets of byte loads and stores. */
const largestNear = 127;

/**
 * A conv of 1x1 over a few channels for MVE: the weights of 4 output channels stay in registers while the row passes by. A
 * load takes in a position and some of the following ones, whose weights are zeros. Does not suit odd widths, nor what is not
 * requantised in one go.
 */
export function mveFewInputsPlan(
  node: Node<LinearAttributes>,
  input: KernelInput,
  functionName: string,
  geometry: WindowGeometry,
): KernelOffer {
  const { weight } = node.constants;
  const [channels] = weight.shape;
  const depth = input.shape.channels;
  const { height, width } = node.type.shape;
  const taps = tapsView(geometry, input, node.type, false);
  const step = geometry.stride[1] * depth;
  const onePosition = geometry.kernel[0] === 1 && geometry.kernel[1] === 1 && !taps.mayMiss;
  if (!onePosition) return { unsuited: 'more than one position' };
  if (depth > vector) return { unsuited: `more than ${vector} inputs` };
  if (width % 2 === 1) return { unsuited: 'an odd width' };
  if (channels % tileChannels !== 0) return { unsuited: `channels are no multiple of ${tileChannels}` };
  if (2 * step > largestNear || width * step > largestPitch || channels > largestPitch) return { unsuited: 'its size' };
  const requantise = requantisePlan(node, input);
  if (!isFused(requantise.view, node)) return { unsuited: 'the requantisation' };
  const offset = node.constants.offset.data[0];
  const view: MveFewInputsView = {
    depth,
    channels,
    groups: channels / tileChannels,
    outputWidth: width,
    pairs: width / 2,
    step,
    pairStep: 2 * step,
    rowBytes: (width - 1) * step + depth,
    allSteps: width * step,
    outputsNear: 2 * channels <= largestNear,
    pairChannels: 2 * channels,
    preShift: preShiftOf(requantise.view),
    offset,
    offsetHalf: offset & 0xffff,
    requantise: requantise.view,
  };
  return {
    functionName,
    template: 'kernels/dot-product/mve-few-inputs',
    label: 'mve-narrow',
    view: { ...view },
    tables: [groupTable(weight, tileView(depth, false), requantise.tables, true)],
    helpers: ['assembler', 'mve-word', 'mve-dot', 'mve-copy', ...requantise.helpers, 'saturating-native'],
    ...requantise.bounds,
    // The row is copied before anything is written.
    overlays: [0],
    scratchBytes: (width - 1) * step + vector,
    configuration: 'few inputs',
    work: {
      family: 'dot-product/mve, few inputs',
      counts: counted({
        'vectors copied': height * Math.ceil(view.rowBytes / vector),
        groups: height * view.groups,
        pairs: height * view.groups * view.pairs,
        'far pairs': view.outputsNear ? 0 : height * view.groups * view.pairs,
      }),
      known: view.preShift > 0 ? 2 * height * view.groups * view.pairs : 0,
    },
  };
}
