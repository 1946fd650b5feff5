/** Field numbers of the messages of ONNX that are read, under their own names. Source: onnx/onnx.proto3. */
export const fields = {
  ModelProto: { graph: 7, opset_import: 8 },
  OperatorSetIdProto: { domain: 1, version: 2 },
  GraphProto: { node: 1, name: 2, initializer: 5, input: 11, output: 12, value_info: 13, sparse_initializer: 15 },
  NodeProto: { input: 1, output: 2, name: 3, op_type: 4, attribute: 5, domain: 7 },
  AttributeProto: { name: 1, f: 2, i: 3, s: 4, t: 5, g: 6, floats: 7, ints: 8, type: 20 },
  TensorProto: {
    dims: 1,
    data_type: 2,
    segment: 3,
    float_data: 4,
    int32_data: 5,
    int64_data: 7,
    name: 8,
    raw_data: 9,
    double_data: 10,
    external_data: 13,
    data_location: 14,
  },
  ValueInfoProto: { name: 1, type: 2 },
  TypeProto: { tensor_type: 1 },
  TypeProtoTensor: { elem_type: 1, shape: 2 },
  TensorShapeProto: { dim: 1 },
  Dimension: { dim_value: 1, dim_param: 2 },
} as const;

/** TensorProto.DataType, by number. */
export const dataTypes = (
  'UNDEFINED FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32 UINT64 COMPLEX64 COMPLEX128 ' +
  'BFLOAT16 FLOAT8E4M3FN FLOAT8E4M3FNUZ FLOAT8E5M2 FLOAT8E5M2FNUZ UINT4 INT4 FLOAT4E2M1'
).split(' ');

/** Bytes of an element in `raw_data`, and the field that has the elements otherwise. */
export const storage: Readonly<
  Record<string, { readonly bytes: number; readonly field: 'float_data' | 'int32_data' | 'int64_data' | 'double_data' }>
> = {
  FLOAT: { bytes: 4, field: 'float_data' },
  DOUBLE: { bytes: 8, field: 'double_data' },
  INT8: { bytes: 1, field: 'int32_data' },
  UINT8: { bytes: 1, field: 'int32_data' },
  BOOL: { bytes: 1, field: 'int32_data' },
  INT32: { bytes: 4, field: 'int32_data' },
  INT64: { bytes: 8, field: 'int64_data' },
};
