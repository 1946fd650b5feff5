import { entry } from './entry.js';

/** E09xx: command line. */
export const usageCodes = {
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
