import { entry } from './entry.js';

/** E02xx: ops, shapes and options. */
export const shapeCodes = {
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
    'op after the end of a network',
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
