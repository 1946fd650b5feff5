import { entry } from './entry.js';

/** E03xx: weights files and their binding. */
export const weightCodes = {
  E0301: entry(
    'weights file cannot be read',
    'The file given with --weights is missing or unreadable, or is neither .npz nor .safetensors. Both can be written from PyTorch and from Keras with numpy.savez.',
  ),
  E0302: entry(
    'weights file is too large',
    'A weights file may have 512 MiB, and its arrays, inflated, as much. A network for a microcontroller is far smaller: this is the wrong file, or an archive made to exhaust memory.',
  ),
  E0303: entry(
    'weights file is damaged',
    'The bytes of the file contradict each other: lengths that reach over its end, checksums that do not match, tensors that share bytes, duplicate names. The download was cut short, or the file was made to confuse. Nothing of it is used. Fetch or write it again.',
  ),
  E0304: entry(
    'array in a weights file cannot be read',
    'A member of an .npz archive is not a well-formed .npy array, or has elements of a type that effnetc does not take. Taken are little-endian uint8, int8, int16, int32, int64 (if it fits int32), float16, float32 and float64.',
  ),
  E0305: entry(
    'parameter is missing in the weights file',
    'An op has a parameter for which the file has no tensor. effnetc looks for the name of the op, or one of its aliases, followed by the name that PyTorch or Keras gives to the parameter (`block1.pw.weight`, `block1_pw/kernel`). `.`, `/` and `:` are equal, in the name of the op `_` too; a prefix such as `model.` is allowed. Rename the op in model.ts, or the tensor in the file.',
  ),
  E0306: entry(
    'parameter has the wrong shape',
    'The tensor with the name of a parameter has other dimensions than the op needs. PyTorch stores convolutions as [out, in, height, width] and dense layers as [out, in]; Keras as [height, width, in, out] and [in, out]. Which one is expected follows from the name (`weight` or `kernel`). If the layout is right, the options of the op in model.ts differ from the trained network.',
  ),
  E0307: entry(
    'parameter is not finite',
    'A tensor contains NaN or an infinity, or a float64 value beyond the range of float32. Such a network computes nothing. The training diverged, or the file is damaged.',
  ),
  E0308: entry(
    'tensors that no op takes',
    'The weights file has tensors that belong to no op of the model. Either the model lacks a layer of the trained network, or names do not match, or the file was saved with the state of the optimiser. Only `num_batches_tracked` is ignored. Save the parameters of the network alone.',
  ),
  E0309: entry(
    'tensor belongs to two ops',
    'Two parameters match the same tensor of the weights file, because names or aliases of ops differ only in separators. Give the ops names that differ in more than `.`, `/` and `_`.',
  ),
  E0310: entry(
    'several tensors match a parameter',
    'The name of a parameter fits several tensors of the weights file equally well, for instance under different prefixes. Use the full name of the layer as the name of the op in model.ts.',
  ),
  E0311: entry(
    'float weights where quantised ones are needed',
    'This command works on int8 weights, with the scales of all activations. `effnetc quantize` makes them from float weights and calibration images.',
  ),
  E0312: entry(
    'quantised weights where float ones are needed',
    'The file was written by `effnetc quantize`; this command starts from the float weights of the trained network.',
  ),
  E0313: entry(
    'quantised weights do not belong to the model',
    'A quantised weights file carries the name and the structure of its model (each op with its inputs, window, activation and shape, and the scale of the input), its rounding, and the scale and zero point of each activation; its tensors have fixed element types. Something of this is missing or contradicts the model. Quantise again after a change of the model.',
  ),
  E0314: entry(
    'parameter is out of range',
    'A parameter has a value that its op cannot compute with, such as a variance below zero, of which no square root exists. Batch norm wants running statistics: look whether mean and variance, or variance and its inverse, were exchanged when the file was written.',
  ),
} as const;
