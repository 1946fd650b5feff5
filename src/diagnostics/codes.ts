/** What `effnetc explain CODE` prints. */
export interface CodeEntry {
  readonly title: string;
  /** Why this is an error and how to get out of it, in whole sentences. */
  readonly explanation: string;
}

const entry = (title: string, explanation: string): CodeEntry => ({ title, explanation });

// E01xx: reading a model description
const modelCodes = {
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
    'A network of effnetc has one input. Merge the inputs into one tensor in front of the network.',
  ),
  E0115: entry(
    'computed but never used',
    'The result of an op is not needed for the result of the model, so no code is generated for it. Often a `x =` is missing in front of a call.',
  ),
  E0116: entry(
    'op outside of a model',
    'Tensors exist only while the function given to defineModel is evaluated. Put calls of ops into that function, or into functions that it calls.',
  ),
  E0117: entry(
    'model computes nothing',
    'The result of the model is its input, or its input behind activations that change nothing, so there is nothing to generate.',
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
    'Tensors of a .tflite must be int8: weights, too, and biases int32; those of an .onnx are float32, or int8 and uint8. Activations of a .tflite may be int16, all that an operator reads and makes but for QUANTIZE; biases are int64 then, or int32 where TensorFlow Lite Micro takes that. Convert with full integer quantisation: in Python, converter.optimizations = [tf.lite.Optimize.DEFAULT], a converter.representative_dataset, and converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8], or EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8 for int16. A QUANTIZE in front of the network and a DEQUANTIZE behind it are left out: the input and the output are int8 or int16 then.',
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

// E02xx: ops, shapes and options
const shapeCodes = {
  E0201: entry(
    'option of an op is not valid',
    'An option has a value that the op cannot take: a kernel or stride below one, a negative padding, a name used twice. The message says which values are allowed.',
  ),
  E0202: entry(
    'window does not fit its input',
    'The kernel is larger than the padded input, so that there would be no output. Use a smaller kernel, more padding, or padding "same".',
  ),
  E0204: entry(
    'padding as large as the kernel',
    'With padding of a whole kernel on one side, some outputs would see nothing but padding. Pad by less than the kernel size on each side.',
  ),
  E0205: entry(
    'channels do not divide into groups',
    'A grouped convolution splits its input and its output channels into equal parts. Both counts must be multiples of `groups`.',
  ),
  E0207: entry(
    'shapes do not match',
    'An op that combines tensors element by element needs them in one shape: the same height, width and channels. In a residual block, give the shortcut a 1x1 conv with the channels and the stride of the other branch, and look at the padding: `same` keeps the size, `valid` does not.',
  ),
  E0208: entry(
    'op behind the end of a network',
    'argmax gives the index of a class, an int32 number without scale: no op can compute with it, so it has to be the last one.',
  ),
  E0209: entry(
    'text form of a graph not understood',
    'A graph written by hand in the text form of the IR does not follow its grammar, as src/ir/print.ts describes it.',
  ),
  E0203: entry(
    'name used twice',
    'Two ops of a model have the same name. Parameters in the weights file, diagnostics and C symbols are named after ops, so each needs a name of its own.',
  ),
  E0206: entry(
    'name of an op cannot be used',
    'Names of ops consist of letters, digits and the characters _ . / - and have 1 to 128 of them: they appear in weights files and, mapped to underscores, in C.',
  ),
} as const;

// E03xx: weights files and their binding
const weightCodes = {
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

// E04xx: images, labels and calibration
const dataCodes = {
  E0401: entry(
    'array file cannot be read',
    'An .npy file given for images, inputs or labels is missing or unreadable.',
  ),
  E0402: entry(
    'array file is damaged',
    'The file is not a well-formed .npy array of numbers: it is truncated, has bytes behind its data, or has elements of a type that effnetc does not take. Write it with numpy.save, little-endian, as uint8, int8, int16, int32, int64, float16, float32 or float64.',
  ),
  E0403: entry(
    'array file is too large',
    'An array file may have 1 GiB. Give fewer images: x[:10000]; a few hundred suffice for calibration.',
  ),
  E0404: entry(
    'inputs have the wrong shape',
    'Images and inputs are arrays [N, H, W, C], channels last, or [N, K] with K = H * W * C, and must fit the input of the model.',
  ),
  E0405: entry(
    'inputs have an element type that is no input',
    'uint8 is an image in 0..255, int8 is taken as it is, floats are in real units. Other types leave open what a value means; so does int8 in calibration images, unless the input declares its scale.',
  ),
  E0406: entry('input is not finite', 'An input in real units is NaN or infinite, so that it has no quantised value.'),
  E0407: entry(
    'labels do not fit',
    'Labels are one class index for each image: an integer array [N] with values from 0 to the number of classes minus one.',
  ),
  E0408: entry(
    'pixels do not suit the input',
    'A pixel p of an uint8, PNG or JPEG image means p / 255, unless the input says otherwise with `pixels: [low, high]`, the real values of the pixels 0 and 255. The scale and zero point that the input declares hold another range, so the network was probably trained on other values, and its results will be wrong: for images from -1 to 1 write `pixels: [-1, 1]`.',
  ),
} as const;

// E05xx: numbers that do not fit fixed point
const numericCodes = {
  E0501: entry(
    'accumulator could overflow',
    'For some input the sum of products of a channel could leave the range of int32. effnetc knows the weights and refuses such a model instead of computing wrong values on the device. The bias of that channel is usually far out of scale: check the calibration images and the batch norm statistics.',
  ),
  E0502: entry(
    'scale out of range',
    'A requantisation factor (input scale x weight scale / output scale; of an addition, input scale / output scale) is zero, negative, not finite or absurdly large. The quantised file is damaged, or a tensor had no range at calibration.',
  ),
  E0503: entry(
    'value is not finite',
    'While a network was quantised, a value became infinite or no number at all: a weight after the batch norm behind it was folded into it, or what a layer computes for a calibration image. Weights, statistics or calibration values are absurdly large, or the variance of a batch norm and its epsilon are almost zero. The message names the op.',
  ),
  E0504: entry(
    'calibration images do not suit the network',
    'Scales, ranges and roundings are chosen by what the network does with the calibration images. Where all of them are alike, where each has one value only, or where most of their values lie outside of what the input can hold, the result would be a network that works on such images alone. Take images like those that the network will see, in the units that it was trained with; a few hundred are enough.',
  ),
  E0505: entry(
    'few calibration images',
    'The network was quantised with very few images, so ranges and roundings follow what happens to be on them. Its accuracy on other images may be worse than it has to be: 100 images give good results, and 500 the best.',
  ),
  E0506: entry(
    'no such layer for narrow weights',
    'A pattern of --weight-bits or --activation-bits names no layer that has weights, or activations with a scale of their own. Patterns are compared with the names of the layers as they are after batch norms and activations have been folded into them; `*` stands for any characters. The notes list the names that there are.',
  ),
  E0507: entry(
    'no bits of weights meet the goal',
    'With --min-accuracy or --max-flash, `effnetc quantize` looks for the layers that can have narrow weights. No choice that it looks at has as few bytes, or as many right images, as was asked for: the message says what the best one has. A lower accuracy, more bytes, or more calibration images may help.',
  ),
  E0508: entry(
    'activations of a layer cannot be int16',
    'A layer has an int16 result, by --activation-bits or since it is a curve, that has to be int8: it is read by an operator that takes no int16, or together with int8 values by one that reads all of one type. The message names that operator. Give its other inputs int16 too, name other layers, or put a rescale between.',
  ),
} as const;

// E06xx: memory plan and budgets
const budgetCodes = {
  E0601: entry(
    'not enough RAM on the target',
    'What one inference takes at one time is more RAM than the target has, or than --max-ram allows. Counted is what the entry needs that --entry names (infer, where nothing is said): the arena, and with rows pushed the input and output rows that are kept, for --max-ram; besides these, for the target, the input or a row of it, the output and 516 bytes for a stack and a little state. Each limit holds by itself: --max-ram does not replace the RAM of the target. The notes name the parts, the layer at which most bytes are live, what lies in the arena then, and what the best order of steps needs.',
  ),
  E0602: entry(
    'not enough flash on the target',
    'Weights and tables alone, without the code, are larger than the flash of the target, or than --max-flash allows; each limit holds by itself. Fewer channels, or a larger target, will help.',
  ),
} as const;

// E07xx: targets
const targetCodes = {
  E0701: entry('unknown target', 'No file targets/NAME.json exists. `effnetc targets` lists the names.'),
  E0702: entry(
    'target file is not valid',
    'A file in targets/ is no JSON, lacks a field, has a field that does not exist or a value that cannot be. Every number must name where it comes from, in `sources`, under its path: "memory.ram" covers all numbers below it. See docs/adding-a-target.md.',
  ),
  E0703: entry(
    'target cannot be measured',
    'Instructions are counted in emulation, and the file of this target names no board of QEMU. Choose a target with a core.',
  ),
  E0704: entry(
    'driver cannot run code for this target',
    'Each driver runs code for some targets: `host` for this machine, `qemu` for targets with a board in QEMU, `rp2040js` for Armv6-M. `effnetc targets` lists what runs which target.',
  ),
} as const;

// E08xx: toolchain, emulation and checks
const runCodes = {
  E0801: entry(
    'a tool is missing',
    'A compiler or emulator that the command needs was not found on PATH. `effnetc doctor` shows what is found and how to install the rest.',
  ),
  E0802: entry(
    'the compiler refuses the C',
    'The generated C or its test harness did not compile or link; the text of the compiler is shown. Generated C has to be clean under all warnings, so this is a fault of effnetc unless the compiler is very old or incomplete: `effnetc doctor` tries it out.',
  ),
  E0803: entry(
    'firmware does not fit the emulated board',
    'Code, weights and buffers, with the test harness and its copies of input and output, are larger than the memory of the board that emulates the target. The core of the same kind without the limits of a board (`effnetc targets`) has room.',
  ),
  E0804: entry(
    'no end in time',
    'A program ran for longer than any sound run takes, and was stopped. A model of hundreds of millions of multiplications may really need that long in emulation; otherwise the generated code loops.',
  ),
  E0805: entry(
    'firmware crashed',
    'The generated code ended with a fault of the processor, for instance an access to memory that is not there, an unaligned access on a core that has none, or an instruction that the core does not know. Memory has been damaged or the code does not suit the core: a fault of effnetc, worth a report with the model.',
  ),
  E0806: entry(
    'write outside of a buffer',
    'After an inference the bytes around the input or the output, or the input itself, had changed: the generated code wrote where it must not. A fault of effnetc, worth a report with the model.',
  ),
  E0807: entry(
    'undefined behaviour found',
    'AddressSanitizer or UBSan stopped the generated C on this machine: it reads or writes outside of its buffers, overflows a signed integer or shifts too far. A fault of effnetc, worth a report with the model. The text of the sanitizer names function and line; EFFNETC_KEEP_BUILD=1 keeps the sources that it speaks of.',
  ),
  E0808: entry(
    'results of a run are incomplete',
    'The firmware came to its end, but the files that it wrote lack outputs or rows of layers, or have too many. A fault of effnetc, or a full disk.',
  ),
  E0809: entry(
    'a tool does not work',
    'A compiler or emulator is installed but failed before it did anything useful, for instance because of a missing library or an old version. `effnetc doctor` tries all tools out.',
  ),
  E0810: entry(
    'stack overflow',
    'The stack grew below the memory that is left for it on the emulated board. The message of `effnetc profile` on a core with more memory shows how much stack the model needs.',
  ),
  E0811: entry(
    'run too long to be counted',
    'The timer of the emulated board has 32 bits, enough for some two thousand million instructions in one layer; the inference took more. Profile a smaller input.',
  ),
  E0812: entry(
    'layers and driver are not the total',
    'Layers are timed in a build with hooks around each step, the total in one without. Both are meant to be the same code but for the hooks; here what was executed inside and outside of the steps does not add up to the total, so that figures by layer would mean nothing. Either the compiler treats the hooks in a way that effnetc does not expect, or effnetc is at fault: worth a report with the model and the version of the compiler.',
  ),
} as const;

// E09xx: command line
const usageCodes = {
  E0901: entry('bad usage', 'The command line could not be understood. `effnetc COMMAND --help` shows what it takes.'),
  E0902: entry('unknown command', 'effnetc has no command of this name. `effnetc --help` lists the commands.'),
  E0903: entry(
    'unknown option',
    'The command does not take this option. Options belong to one command each; `effnetc COMMAND --help` lists them.',
  ),
  E0904: entry(
    'argument missing',
    'The command needs an argument, an option or the value of an option that was not given. `effnetc COMMAND --help` shows the full form and an example.',
  ),
  E0905: entry(
    'value of an option not accepted',
    'The text given for an option or an argument is not one of the values that it takes, or not a number in its range. The message says what is accepted. Sizes are bytes and may end in K, KB, KiB, M, MB or MiB, all in steps of 1,024.',
  ),
  E0906: entry(
    'output cannot be written',
    'A file or directory given with -o could not be made: a part of the path is a file, the place is read-only or belongs to somebody else, or the disk is full. effnetc writes all files of a command or none, so nothing was changed.',
  ),
  E0907: entry(
    'unknown diagnostic code',
    'Diagnostic codes are the letter E and four digits, as in error[E0202]. `effnetc explain` without a code lists them all.',
  ),
  E0910: entry(
    'weights not given',
    'A model.ts describes a network without its parameters. Commands that need them take --weights FILE: float weights for `quantize`, quantised ones everywhere else. `compile`, `verify` and `profile` take --random-weights instead, to measure a network before it is trained.',
  ),
  E0911: entry(
    'input cannot be used',
    'The image given with --input cannot be decoded, or does not have the size and the channels of the input of the model.',
  ),
  E0912: entry(
    'expected outputs do not fit',
    'The array given with --expect must have one row for each input of --inputs, with as many elements as the model has outputs, in their type: int8, or int32 for the index of argmax.',
  ),
  E0913: entry(
    'labels do not fit the images',
    '`evaluate` needs a label for each image. Give as many labels as images, in the same order, or take the first few with --limit.',
  ),
  E0914: entry(
    'nothing to verify with',
    'Without a vector there is nothing to compare, and so nothing shown. Give --inputs, or leave --random out to run ten random vectors and the extremes.',
  ),
  E0915: entry(
    'tuning cache cannot be used',
    'The file given with --tune-cache holds instructions that `--tune` has counted in emulation, as JSON, a line for each kernel. effnetc writes it whole and sorted; it is meant to be committed and not to be edited. A file that cannot be read or is not of that form is refused, since it would choose kernels by chance.',
  ),
} as const;

export const codes = {
  ...modelCodes,
  ...shapeCodes,
  ...weightCodes,
  ...dataCodes,
  ...numericCodes,
  ...budgetCodes,
  ...targetCodes,
  ...runCodes,
  ...usageCodes,
} as const;

export type DiagnosticCode = keyof typeof codes;
