import type { Node } from '../../ir/graph.js';
import type { Constant, TensorType } from '../../ir/tensor.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import type { ConstantTable, KernelPlan } from '../kernel.js';
import { isSmaller, moreWork, packSparse, sparseTable, walkedMore } from '../packing/sparse.js';
import { type SubByteView, subByteHelpers, subByteTable, subByteView, walkedView } from '../packing/sub-byte.js';
import { type RequantiseView, requantisePlan } from '../requantise/generic.js';
import { overlayDistance } from '../shared/overlay.js';
import { padTable, type TapsView, tapsView, type WindowGeometry } from '../shared/taps.js';
import { counted, requantisedKey } from '../shared/work.js';

/** A layer whose output channel is a dot product over a few contiguous runs of input: conv and dense. */
export interface DotProductView {
  readonly taps: TapsView;
  readonly channels: number;
  readonly grouped: boolean;
  readonly groups: number;
  /** Neighbouring output channels are of different groups. */
  readonly interleaved: boolean;
  readonly channelsPerGroup: number;
  readonly severalOutputs: boolean;
  /** Input channels that a group reads: the distance between the parts of a tap. */
  readonly inputsPerGroup: number;
  readonly severalInputs: boolean;
  readonly narrow: SubByteView;
  readonly requantise: RequantiseView;
}

/** A conv or dense layer through `kernels/dot-product/generic`: with all weights, and where zeros are many without them. */
export function dotProductPlans(
  node: Node<LinearAttributes>,
  input: TensorType,
  functionName: string,
  geometry: WindowGeometry,
  groups: Groups,
): readonly KernelPlan[] {
  const plan = dotProductPlan(node, input, functionName, geometry, groups);
  const { weight } = node.constants;
  const { height, width } = node.type.shape;
  const sparse: KernelPlan = {
    ...plan,
    view: { ...plan.view, narrow: walkedView },
    tables: [sparseTable(plainWeights(weight, 'output channel'), packSparse(weight.data)), ...plan.tables.slice(1)],
    helpers: ['walk-weights', ...plan.helpers.filter(helper => !subByteHelpers(weight).includes(helper))],
    ...moreWork(plan.work, height * width * weight.data.length * walkedMore),
    configuration: 'without zeros',
  };
  return isSmaller(sparse, plan) ? [plan, sparse] : [plan];
}

interface Groups {
  readonly groups: number;
  readonly interleaved?: boolean | undefined;
}

function dotProductPlan(
  node: Node<LinearAttributes>,
  input: TensorType,
  functionName: string,
  geometry: WindowGeometry,
  { groups, interleaved = false }: Groups,
): KernelPlan {
  const { weight } = node.constants;
  const channels = weight.shape[0];
  const taps = tapsView(geometry, input, node.type, groups > 1);
  const requantise = requantisePlan(node, input);
  const inputsPerGroup = input.shape.channels / groups;
  const view: DotProductView = {
    taps: groups > 1 ? { ...taps, length: inputsPerGroup, severalBytes: inputsPerGroup > 1 } : taps,
    channels,
    grouped: groups > 1,
    groups,
    interleaved,
    channelsPerGroup: channels / groups,
    severalOutputs: channels > groups,
    inputsPerGroup,
    severalInputs: inputsPerGroup > 1,
    narrow: subByteView(weight),
    requantise: requantise.view,
  };
  const { height, width } = node.type.shape;
  const positions = height * width;
  const outputs = positions * channels;
  // Runs of one byte are another loop; one run needs no list of them.
  const [run, byte] = view.taps.severalBytes ? ['runs', 'macs'] : ['single taps', 'single taps'];
  return {
    functionName,
    template: 'kernels/dot-product/generic',
    label: 'generic',
    view: { ...view },
    tables: [packedWeights(weight, 'output channel'), ...padTable(taps, input), ...requantise.tables],
    helpers: [...subByteHelpers(weight), ...requantise.helpers],
    ...requantise.bounds,
    overlays: [overlayDistance(input.shape, node.type.shape, { stride: geometry.stride[1], left: taps.left }, 'pixel')],
    ...(weight.bits === undefined
      ? {
          work: {
            family: groups > 1 ? 'dot-product/grouped' : 'dot-product/generic',
            counts: counted({
              positions,
              ...(taps.several && !taps.direct ? { 'gathered taps': positions * taps.count } : {}),
              ...(taps.several ? { [run]: outputs * taps.count } : {}),
              [byte]: outputs * taps.count * view.taps.length,
              [requantisedKey(requantise.view)]: outputs,
            }),
          },
        }
      : {}),
  };
}

/** Weights in the order of the IR, packed where they are narrow. @param what a line of the table is for */
export const packedWeights = (weight: Constant, what: 'output channel' | 'unit'): ConstantTable =>
  subByteTable(plainWeights(weight, what), weight);

/** The same as int8. */
export function plainWeights(weight: Constant, what: 'output channel' | 'unit'): ConstantTable {
  return {
    suffix: 'weights',
    ctype: 'int8_t',
    values: weight.data,
    perLine: weight.data.length / weight.shape[0],
    layout: `OHWI ${weight.shape.join('x')}, a line per ${what}`,
    kind: 'weights',
  };
}
