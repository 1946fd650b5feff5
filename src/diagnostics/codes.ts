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
  E0203: entry(
    'name used twice',
    'Two ops of a model have the same name. Parameters in the weights file, diagnostics and C symbols are named after ops, so each needs a name of its own.',
  ),
} as const;

// E03xx: weights files and their binding
const weightCodes = {
  E0301: entry(
    'weights file cannot be read',
    'The file given with --weights is missing or unreadable, or is neither .npz nor .safetensors.',
  ),
} as const;

// E04xx: images, labels and calibration
const dataCodes = {
  E0401: entry(
    'array file cannot be read',
    'An .npy file given for images, inputs or labels is missing, truncated or of an element type that effnetc does not take.',
  ),
} as const;

// E05xx: numbers that do not fit fixed point
const numericCodes = {
  E0501: entry(
    'accumulator could overflow',
    'For some input the sum of products of a channel could leave the range of int32. effnetc knows the weights and refuses such a model instead of computing wrong values on the device. The bias of that channel is usually far out of scale: check the calibration images and the batch norm statistics.',
  ),
} as const;

// E06xx: memory plan and budgets
const budgetCodes = {
  E0601: entry(
    'not enough RAM on the target',
    'The buffers of the network need more RAM than the target has. The message names the layer at which most bytes are live.',
  ),
} as const;

// E07xx: targets
const targetCodes = {
  E0701: entry('unknown target', 'No file targets/NAME.json exists. `effnetc targets` lists the names.'),
} as const;

// E08xx: toolchain, emulation and checks
const runCodes = {
  E0801: entry(
    'a tool is missing',
    'A compiler or emulator that the command needs was not found on PATH. `effnetc doctor` shows what is found and how to install the rest.',
  ),
} as const;

// E09xx: command line
const usageCodes = {
  E0901: entry('bad usage', 'The command line could not be understood. `effnetc COMMAND --help` shows what it takes.'),
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
