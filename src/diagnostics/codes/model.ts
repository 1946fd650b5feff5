import { entry } from './entry.js';

/** E01xx: reading a model description. */
export const modelCodes = {
  E0101: entry(
    'model file cannot be read',
    'The path given as <model> does not name a readable file. Check the path; it is relative to the current directory.',
  ),
  E0102: entry(
    'TypeScript does not accept the model',
    'A model description is type-checked against the vocabulary of effnetc, like any TypeScript file: the message is the one that an editor shows. Misspelt options, missing options and tensors in the place of numbers are found this way.',
  ),
  E0103: entry(
    'not part of the model language',
    'A model file is read and evaluated, never executed, so it may use only the part of TypeScript that describes a network: const and let, literals, arrays, objects, spread and destructuring, arithmetic, template strings, conditionals, for...of over arrays, functions, and methods such as map and entries that change nothing. No files, no clock, no classes, no unbounded loops.',
  ),
  E0104: entry(
    'import cannot be used',
    'A model imports from "effnetc", and from files of its own through relative paths that end in .ts or .js. Anything else would be code to execute, which effnetc does not do with a model.',
  ),
  E0105: entry(
    'modules import each other',
    'The modules of a model are evaluated in the order in which they need each other; with a circle there is no such order. Move what both need into a third file.',
  ),
  E0106: entry(
    'model source too large',
    'A model file may have at most 1 MB, and a model at most 64 files. A description of layers is far smaller; weights belong in the weights file.',
  ),
  E0107: entry(
    'model does not come to an end',
    'Evaluating a model is bounded in steps, call depth, nesting, lengths of arrays and strings, and number of ops, so that no model file can hang effnetc. A real model needs a fraction of the bounds: look for a recursion or a loop that grows without end.',
  ),
  E0108: entry(
    'value of the wrong kind',
    'An operator, a loop, a function or an op was given a value that it cannot take, for instance a tensor where a number is needed. Type checking finds most of these; this one went past it, usually through `any` or a type assertion.',
  ),
  E0109: entry(
    'number is not finite',
    'A computation gave NaN or an infinity, for instance through a division by zero. It is reported where it arises, since no option of an op takes it.',
  ),
  E0110: entry(
    'index out of range',
    'An array or string was read at a place that it does not have. JavaScript would give undefined and go on; a model description stops here.',
  ),
  E0111: entry(
    'no model exported',
    'The model file must export what defineModel returns as its default: `export default defineModel("name", () => ...)`.',
  ),
  E0112: entry(
    'model name cannot be used in C',
    'The name of a model is the prefix of every function and constant of the generated code: a C identifier of letters, digits and underscores that does not begin with a digit or an underscore, is no keyword of C or C++, no name of a standard header (NAME.h would hide it), does not begin with effnetc_, and has at most 48 characters.',
  ),
  E0113: entry(
    'model returns no tensor',
    'The function given to defineModel must return the tensor that is the result of the network.',
  ),
  E0114: entry(
    'more than one input',
    'A network of effnetc has one input. Merge the inputs into one tensor before the network.',
  ),
  E0115: entry(
    'computed but never used',
    'The result of an op is not needed for the result of the model, so no code is generated for it. Often a `x =` is missing before a call.',
  ),
  E0116: entry(
    'op outside of a model',
    'Tensors exist only while the function given to defineModel is evaluated. Put calls of ops into that function, or into functions that it calls.',
  ),
  E0117: entry(
    'model computes nothing',
    'The result of the model is its input, or its input after activations that change nothing, so there is nothing to generate.',
  ),
  E0118: entry(
    'used before it is defined',
    'A const or let was read before its declaration was reached. Move the declaration up.',
  ),
  E0119: entry(
    'model format not read yet',
    'A model is a model.ts, which describes the network in TypeScript, an int8 .tflite, or an .onnx. Files of Keras or PyTorch are not read: export the network with torch.onnx.export or tf2onnx, or write the layers down in a model.ts, and save the parameters with numpy.savez or as .safetensors for --weights.',
  ),
  E0120: entry(
    'model file cannot be read',
    'The path given as <model> ends in .tflite or .onnx and does not name a readable file, or one that is too large for a network of a microcontroller.',
  ),
  E0121: entry(
    'model file is damaged',
    'The bytes of the file contradict the format: offsets and lengths that lead out of it, numbers of tensors and buffers that do not exist, data shorter than its shape. The message names the part. The download was cut short, or the file is no TensorFlow Lite or ONNX model. Nothing of it is used.',
  ),
  E0122: entry(
    'operator cannot be imported',
    'The file has operators, or options of operators, that effnetc has no exact counterpart for; every one of them is listed, with its index in the file. What is imported from a .tflite computes byte for byte what the reference kernels of TensorFlow Lite Micro compute, so nothing is approximated; what is imported from an .onnx computes what ONNX defines. Replace the layer in the network, or move it out of the part that runs on the device.',
  ),
  E0123: entry(
    'element type cannot be imported',
    'Tensors of a .tflite must be int8: weights, too, and biases int32; those of an .onnx are float32, or int8 and uint8. Activations of a .tflite may be int16, all that an operator reads and makes but for QUANTIZE; biases are int64 then, or int32 where TensorFlow Lite Micro takes that. Convert with full integer quantisation: in Python, converter.optimizations = [tf.lite.Optimize.DEFAULT], a converter.representative_dataset, and converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8], or EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8 for int16. A QUANTIZE before the network and a DEQUANTIZE after it are left out: the input and the output are int8 or int16 then.',
  ),
  E0124: entry(
    'shape cannot be imported',
    'Shapes must be known when a network is compiled, have a batch of 1, and fit the operators that make them. Convert with fixed input shapes: tf.keras.Input(shape, batch_size=1); torch.onnx.export without dynamic_axes, but for the batch, which may be left open.',
  ),
  E0125: entry(
    'quantisation parameters cannot be used',
    'An int8 tensor needs one scale above zero and a zero point in int8, an int16 tensor a zero point of 0; weights a scale for the tensor or for each output channel, and zero points of 0. Operators that only move values have the same parameters on both sides. The converter writes them so; a file that has others was edited, or quantised only in part. In an .onnx, every tensor between layers needs a QuantizeLinear, or none in the file has one: a float network is quantised here, with `effnetc quantize`.',
  ),
} as const;
