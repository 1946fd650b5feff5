/**
 * What is read of TensorFlow Lite's schema, version 3, under its own names: numbers of fields, enums and options.
 * Source: tensorflow/compiler/mlir/lite/schema/schema.fbs.
 */

export const fileIdentifier = 'TFL3';

/** Field numbers by table. A union takes two: its type, then its value. */
export const fields = {
  Model: { version: 0, operator_codes: 1, subgraphs: 2, buffers: 4 },
  OperatorCode: { deprecated_builtin_code: 0, custom_code: 1, builtin_code: 3 },
  SubGraph: { tensors: 0, inputs: 1, outputs: 2, operators: 3 },
  Tensor: { shape: 0, type: 1, buffer: 2, name: 3, quantization: 4, is_variable: 5, sparsity: 6, shape_signature: 7 },
  QuantizationParameters: { scale: 2, zero_point: 3, quantized_dimension: 6 },
  Operator: { opcode_index: 0, inputs: 1, outputs: 2, builtin_options: 4 },
  Buffer: { data: 0, offset: 1 },
} as const;

export const tensorTypes: readonly string[] = [
  'FLOAT32',
  'FLOAT16',
  'INT32',
  'UINT8',
  'INT64',
  'STRING',
  'BOOL',
  'INT16',
  'COMPLEX64',
  'INT8',
  'FLOAT64',
  'COMPLEX128',
  'UINT64',
  'RESOURCE',
  'VARIANT',
  'UINT32',
  'UINT16',
  'INT4',
];

export const paddings = ['SAME', 'VALID'] as const;
export const activations = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6', 'TANH', 'SIGN_BIT'] as const;

export type FusedActivation = (typeof activations)[number];

/** How an option of an operator is stored: its field, type and default. */
export interface OptionField {
  readonly field: number;
  readonly type: 'byte' | 'int' | 'float';
  readonly otherwise: number;
}

const byte = (field: number, otherwise = 0): OptionField => ({ field, type: 'byte', otherwise });
const int = (field: number, otherwise = 0): OptionField => ({ field, type: 'int', otherwise });
const float = (field: number): OptionField => ({ field, type: 'float', otherwise: 0 });

const pool = {
  padding: byte(0),
  stride_w: int(1),
  stride_h: int(2),
  filter_width: int(3),
  filter_height: int(4),
  fused_activation_function: byte(5),
};
const fused = { fused_activation_function: byte(0) };

/** The options of the operators that are imported, by operator. */
export const options: Readonly<Record<string, Readonly<Record<string, OptionField>>>> = {
  CONV_2D: {
    padding: byte(0),
    stride_w: int(1),
    stride_h: int(2),
    fused_activation_function: byte(3),
    dilation_w_factor: int(4, 1),
    dilation_h_factor: int(5, 1),
    quantized_bias_type: byte(6),
  },
  DEPTHWISE_CONV_2D: {
    padding: byte(0),
    stride_w: int(1),
    stride_h: int(2),
    depth_multiplier: int(3),
    fused_activation_function: byte(4),
    dilation_w_factor: int(5, 1),
    dilation_h_factor: int(6, 1),
  },
  AVERAGE_POOL_2D: pool,
  MAX_POOL_2D: pool,
  FULLY_CONNECTED: { fused_activation_function: byte(0), weights_format: byte(1), quantized_bias_type: byte(4) },
  SOFTMAX: { beta: float(0) },
  CONCATENATION: { axis: int(0), fused_activation_function: byte(1) },
  ADD: fused,
  SUB: fused,
  MUL: fused,
  STRIDED_SLICE: {
    begin_mask: int(0),
    end_mask: int(1),
    ellipsis_mask: int(2),
    new_axis_mask: int(3),
    shrink_axis_mask: int(4),
    offset: byte(5),
  },
  SPLIT: { num_splits: int(0) },
  LEAKY_RELU: { alpha: float(0) },
  RESIZE_NEAREST_NEIGHBOR: { align_corners: byte(0), half_pixel_centers: byte(1) },
};

/** BuiltinOperator, by number. */
export const builtinOperators: readonly string[] = (
  'ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR ' +
  'FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM ' +
  'MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH ' +
  'CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER ' +
  'BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE ' +
  'BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM ' +
  'ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE ' +
  'EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ' +
  'ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE ' +
  'RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND ' +
  'COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE ' +
  'NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL ' +
  'PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS HASHTABLE ' +
  'HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE ' +
  'BROADCAST_ARGS RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU DYNAMIC_UPDATE_SLICE RELU_0_TO_1'
).split(' ');
