import {
  activation,
  activation16,
  int8,
  int16,
  int32,
  int64,
  type NetworkSpec,
  type OperatorSpec,
  type TensorSpec,
} from './write-tflite.js';

const unit = {
  padding: 0,
  stride_w: 1,
  stride_h: 1,
  dilation_w_factor: 1,
  dilation_h_factor: 1,
  fused_activation_function: 1,
};
const pattern = (count: number) => Array.from({ length: count }, (_, i) => ((i * 37) % 255) - 127);

export type Step = readonly [
  kind: string,
  output: TensorSpec,
  constants: readonly TensorSpec[],
  options?: OperatorSpec['options'],
];

/** Operators in a row, each with constants of its own after the tensor that it reads. */
export function chain(first: TensorSpec, ...steps: readonly Step[]): NetworkSpec {
  const tensors: TensorSpec[] = [first];
  let last = 0;
  const operators = steps.map(([kind, output, constants, options = {}]): OperatorSpec => {
    const inputs = [last, ...constants.map(constant => tensors.push(constant) - 1)];
    last = tensors.push(output) - 1;
    return { kind, inputs, outputs: [last], options };
  });
  return { tensors, operators };
}

export function effnet(change: Record<string, number> = {}, last: readonly number[] = [1, 2, 2, 4]): NetworkSpec {
  const t = (dims: readonly number[]) => activation(dims, 0.1, -128);
  const w = (dims: readonly number[], axis: number) =>
    int8(pattern(dims.reduce((a, b) => a * b, 1)), dims, new Array<number>(dims[axis]).fill(0.01), { axis });
  const half = { padding: 1, stride_w: 2, stride_h: 1, filter_width: 2, filter_height: 1 };
  return chain(
    activation([1, 4, 4, 3], 1 / 255, -128),
    ['CONV_2D', t([1, 4, 4, 6]), [w([6, 1, 1, 3], 0)], unit],
    ['DEPTHWISE_CONV_2D', t([1, 4, 4, 6]), [w([1, 1, 3, 6], 3)], { ...unit, depth_multiplier: 1 }],
    ['MAX_POOL_2D', t([1, 4, 2, 6]), [], half],
    ['DEPTHWISE_CONV_2D', t([1, 4, 2, 6]), [w([1, 3, 1, 6], 3)], { ...unit, depth_multiplier: 1 }],
    ['CONV_2D', t(last), [w([4, 2, 1, 6], 0)], { ...unit, padding: 1, stride_h: 2, ...change }],
    ['FULLY_CONNECTED', activation([1, 3], 0.2, 5), [w([3, last[1] * last[2] * 4], 0)], {}],
  );
}

export function oddOps(): NetworkSpec {
  const t = (dims: readonly number[]) => activation(dims, 0.1, 7);
  const tensors = [
    activation([1, 4, 3, 6], 0.1, 7), // 0
    t([1, 4, 3, 6]), // 1: hard swish
    int32([1, 2]),
    t([1, 1, 1, 6]), // 3: mean
    activation([1, 1, 1, 6], 1 / 256, -128), // 4: logistic
    t([1, 4, 3, 6]), // 5: mul
    int32([3], []),
    t([1, 4, 3, 3]), // 7
    t([1, 4, 3, 3]), // 8
    t([1, 4, 3, 3]), // 9: sub
    t([1, 4, 3, 6]), // 10: concat
    int32([1, 4, 3, 2, 3]),
    t([1, 4, 3, 2, 3]), // 12
    int32([0, 1, 2, 4, 3]),
    t([1, 4, 3, 3, 2]), // 14
    t([1, 4, 3, 6]), // 15
    int32([0, 0, 1, 0, 0, 1, 0, 0], [4, 2]),
    int8([-9], [1], [0.1], { zeroPoints: [7] }),
    t([1, 5, 4, 6]), // 18: padv2
    int8([3, -4, 5, 60, -70, 80], [6], [0.02]),
    t([1, 5, 4, 6]), // 20: prelu
    t([1, 5, 4, 6]), // 21: leaky
    t([1, 5, 4, 6]), // 22: add constant
    t([1, 5, 4, 2]), // 23: an unused part
    t([1, 5, 4, 2]), // 24
    t([1, 5, 4, 2]), // 25
    t([1, 4, 3, 2]), // 26: average pool, relu
  ];
  const pool = { padding: 1, stride_w: 1, stride_h: 1, filter_width: 2, filter_height: 2 };
  return {
    tensors,
    operators: [
      { kind: 'HARD_SWISH', inputs: [0], outputs: [1] },
      { kind: 'MEAN', inputs: [1, 2], outputs: [3] },
      { kind: 'LOGISTIC', inputs: [3], outputs: [4] },
      { kind: 'MUL', inputs: [1, 4], outputs: [5], options: { fused_activation_function: 3 } },
      { kind: 'SPLIT', inputs: [6, 5], outputs: [7, 8], options: { num_splits: 2 } },
      { kind: 'SUB', inputs: [8, 7], outputs: [9], options: { fused_activation_function: 2 } },
      { kind: 'CONCATENATION', inputs: [9, 7], outputs: [10], options: { axis: 3 } },
      { kind: 'RESHAPE', inputs: [10, 11], outputs: [12] },
      { kind: 'TRANSPOSE', inputs: [12, 13], outputs: [14] },
      { kind: 'RESHAPE', inputs: [14, 11], outputs: [15] },
      { kind: 'PADV2', inputs: [15, 16, 17], outputs: [18] },
      { kind: 'PRELU', inputs: [18, 19], outputs: [20] },
      { kind: 'LEAKY_RELU', inputs: [20], outputs: [21], options: { alpha: 0.25 } },
      { kind: 'ADD', inputs: [21, 19], outputs: [22] },
      { kind: 'SPLIT', inputs: [6, 22], outputs: [23, 24, 25], options: { num_splits: 3 } },
      { kind: 'AVERAGE_POOL_2D', inputs: [24], outputs: [26], options: { ...pool, fused_activation_function: 1 } },
    ],
  };
}

/** Operators on int16 activations, with a part in int8 between two of them; the input is float. */
export function wideOps(): NetworkSpec {
  const t = (dims: readonly number[], scale = 0.001) => activation16(dims, scale);
  const w = (dims: readonly number[], axis: number, scale: number) =>
    int8(pattern(dims.reduce((a, b) => a * b, 1)), dims, new Array<number>(dims[axis]).fill(scale), { axis });
  const image = [1, 6, 5, 6];
  const tensors = [
    { dims: image, type: 'FLOAT32' },
    t(image), // 1
    w([6, 3, 3, 6], 0, 0.002),
    int64([2 ** 33, -300, 5, -(2 ** 32), 77, 12345]),
    t(image), // 4: conv, relu
    w([1, 3, 1, 6], 3, 0.01),
    t(image, 0.0015), // 6: depthwise without biases
    activation(image, 0.3, -5), // 7
    w([6, 1, 1, 3], 0, 0.004),
    activation(image, 0.4, 9), // 9: int8, grouped
    t(image, 0.002), // 10
    int32([3], []),
    t([1, 6, 5, 3], 0.002), // 12
    t([1, 6, 5, 3], 0.002), // 13
    int16([-20000, 5, 32767], [3], 0.0004),
    t([1, 6, 5, 3], 0.003), // 15: add constants
    int16([12345], [1], 0.001),
    t([1, 6, 5, 3], 0.003), // 17: constant minus
    t([1, 6, 5, 3], 0.003), // 18: mul by constants
    t([1, 6, 5, 3], 0.004), // 19: add
    t([1, 6, 5, 3], 0.004), // 20: sub
    t([1, 6, 5, 6], 0.004), // 21: concat
    int32([0, 0, 1, 0, 0, 1, 0, 0], [4, 2]),
    int16([-9], [1], 0.004),
    t([1, 7, 6, 6], 0.004), // 24: padv2
    t([1, 6, 5, 6], 0.004), // 25: average pool, relu6
    t([1, 6, 5, 6], 0.007), // 26: relu
    int32([1, 2]),
    t([1, 1, 1, 6], 0.002), // 28: mean
    t([1, 6, 5, 6], 0.004), // 29: mul, one row and column for all
    t([1, 3, 2, 6], 2 ** -15), // 30: max pool
    w([4, 36], 0, 0.001),
    int32([1000, -5, 0, 33]),
    t([1, 4], 0.0002), // 33
    { dims: [1, 4], type: 'FLOAT32' },
    t([1, 1, 1, 6], 2 ** -15), // 35: logistic
    t([1, 6, 5, 6], 0.003), // 36: leaky
    int8([-128, -4, 5, 60, -70, 80], [6], [0.02], { zeroPoints: [3] }),
    t([1, 6, 5, 6], 0.0007), // 38: prelu
    t([1, 6, 5, 6], 2 ** -15), // 39: tanh
    t([1, 4], 2 ** -15), // 40: softmax
  ];
  const pool = { padding: 1, stride_w: 1, stride_h: 1, filter_width: 2, filter_height: 2 };
  return {
    tensors,
    operators: [
      { kind: 'QUANTIZE', inputs: [0], outputs: [1] },
      { kind: 'CONV_2D', inputs: [1, 2, 3], outputs: [4], options: unit },
      { kind: 'DEPTHWISE_CONV_2D', inputs: [4, 5], outputs: [6], options: { ...unit, depth_multiplier: 1 } },
      { kind: 'QUANTIZE', inputs: [6], outputs: [7] },
      { kind: 'CONV_2D', inputs: [7, 8], outputs: [9], options: { ...unit, fused_activation_function: 0 } },
      { kind: 'QUANTIZE', inputs: [9], outputs: [10] },
      { kind: 'SPLIT', inputs: [11, 10], outputs: [12, 13], options: { num_splits: 2 } },
      { kind: 'ADD', inputs: [12, 14], outputs: [15] },
      { kind: 'SUB', inputs: [16, 13], outputs: [17] },
      { kind: 'MUL', inputs: [17, 14], outputs: [18] },
      { kind: 'ADD', inputs: [15, 18], outputs: [19] },
      { kind: 'SUB', inputs: [15, 17], outputs: [20], options: { fused_activation_function: 3 } },
      { kind: 'CONCATENATION', inputs: [20, 19], outputs: [21], options: { axis: 3 } },
      { kind: 'PADV2', inputs: [21, 22, 23], outputs: [24] },
      { kind: 'AVERAGE_POOL_2D', inputs: [24], outputs: [25], options: { ...pool, fused_activation_function: 3 } },
      { kind: 'RELU', inputs: [25], outputs: [26] },
      { kind: 'MEAN', inputs: [26, 27], outputs: [28] },
      { kind: 'LOGISTIC', inputs: [28], outputs: [35] },
      { kind: 'MUL', inputs: [21, 35], outputs: [29] },
      { kind: 'LEAKY_RELU', inputs: [29], outputs: [36], options: { alpha: 0.3 } },
      { kind: 'PRELU', inputs: [36, 37], outputs: [38] },
      { kind: 'TANH', inputs: [38], outputs: [39] },
      { kind: 'MAX_POOL_2D', inputs: [39], outputs: [30], options: { ...pool, stride_w: 2, stride_h: 2 } },
      { kind: 'FULLY_CONNECTED', inputs: [30, 31, 32], outputs: [33] },
      { kind: 'SOFTMAX', inputs: [33], outputs: [40], options: { beta: 1 } },
      { kind: 'DEQUANTIZE', inputs: [40], outputs: [34] },
    ],
  };
}
