import { fail } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import { quoteName } from '../arrays/quote.js';
import type { ImportState } from './context.js';
import type { OnnxValue } from './read-file.js';
import { quantisationOf } from './scales.js';
import { channelsLastView, type View, viewOf } from './view.js';

/**
 * The input of the network as a node. It is NCHW, unless all that the file does with it is to bring it from NHWC to that. An
 * open batch is 1. Of an int8 network, the int8 range stands for the pixels 0 to 255.
 * @throws CompileError E0123, E0124, E0125
 */
export function addSource(state: ImportState, input: OnnxValue, span: Span): View {
  const { builder, network } = state;
  const label = `the input ${quoteName(input.name)}`;
  if (!['FLOAT', 'INT8', 'UINT8'].includes(input.type)) {
    fail('E0123', `${label} has elements of type ${input.type}`, {
      span,
      hint: 'float32, int8 and uint8 can be imported',
    });
  }
  const [batch = 1, ...dims] = input.dims ?? [];
  const sizes = dims.filter(size => typeof size === 'number');
  const rank = sizes.length + 1;
  const oneBatch = batch === 1 || typeof batch === 'string';
  if (
    !oneBatch ||
    sizes.length !== dims.length ||
    rank < 2 ||
    rank > 4 ||
    sizes.some(size => !(size >= 1 && size <= 16384))
  ) {
    return fail('E0124', `${label} has the shape ${shown(input.dims)}`, {
      span,
      hint: 'one input of fixed size is needed: [1, channels, height, width]; only the batch may be left open',
    });
  }
  const last = rank === 4 && isChannelsLast(input.name, state);
  const [channels, height = 1, width = 1] =
    rank === 3 ? [sizes[0], 1, sizes[1]] : last ? [sizes[2], sizes[0], sizes[1]] : sizes;
  const shape = { height, width, channels };
  const spec = { kind: 'input', name: 'input', inputs: [], span };
  if (!network.quantised) {
    if (input.type !== 'FLOAT')
      fail('E0123', `${label} of a float network has elements of type ${input.type}`, { span });
    const node = builder.add({ ...spec, options: shape });
    return last ? channelsLastView(node) : viewOf(node, rank);
  }
  const said = network.scales.get(input.name);
  if (said === undefined) {
    return fail('E0125', `${label} has no scale`, {
      span,
      hint: 'a quantised network begins with a QuantizeLinear or DequantizeLinear of its input',
    });
  }
  const quantisation = quantisationOf(said, state, span);
  const { scale, zeroPoint } = quantisation;
  const pixels = [scale * (-128 - zeroPoint), scale * (127 - zeroPoint)] as const;
  const node = builder.add({ ...spec, options: { ...shape, scale, zeroPoint, pixels }, quantisation });
  return last ? channelsLastView(node) : viewOf(node, rank);
}

const shown = (dims: OnnxValue['dims']): string =>
  dims === undefined ? 'that a run alone knows' : `[${dims.join(', ')}]`;

/** Does every reader turn it from NHWC to NCHW? */
function isChannelsLast(name: string, { network }: ImportState): boolean {
  const readers = network.operators.filter(({ inputs }) => inputs.includes(name));
  return (
    readers.length > 0 &&
    readers.every(({ kind, node }) => kind === 'Transpose' && node.attributes.get('perm')?.ints.join() === '0,3,1,2')
  );
}
