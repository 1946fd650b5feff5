import { entry } from './entry.js';

/** E04xx: images, labels and calibration. */
export const dataCodes = {
  E0401: entry(
    'array file cannot be read',
    'An .npy file given for images, inputs or labels is missing or unreadable.',
  ),
  E0402: entry(
    'array file is damaged',
    'The file is not a well-formed .npy array of numbers: it is truncated, has bytes after its data, or has elements of a type that effnetc does not take. Write it with numpy.save, little-endian, as uint8, int8, int16, int32, int64, float16, float32 or float64.',
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
