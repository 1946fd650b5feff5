import { entry } from './entry.js';

/** E05xx: numbers that do not fit fixed point. */
export const numericCodes = {
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
    'While a network was quantised, a value became infinite or no number at all: a weight after the batch norm that follows was folded into it, or what a layer computes for a calibration image. Weights, statistics or calibration values are absurdly large, or the variance of a batch norm and its epsilon are almost zero. The message names the op.',
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
    'no such layer for sub-byte weights',
    'A pattern of --weight-bits or --activation-bits names no layer that has weights, or activations with a scale of their own. Patterns are compared with the names of the layers as they are after batch norms and activations have been folded into them; `*` stands for any characters. The notes list the names that there are.',
  ),
  E0507: entry(
    'no bits of weights meet the goal',
    'With --min-accuracy or --max-flash, `effnetc quantize` looks for the layers that can have sub-byte weights. No choice that it looks at has as few bytes, or as many right images, as was asked for: the message says what the best one has. A lower accuracy, more bytes, or more calibration images may help.',
  ),
  E0508: entry(
    'activations of a layer cannot be int16',
    'A layer has an int16 result, by --activation-bits or since it is a curve, that has to be int8: it is read by an operator that takes no int16, or together with int8 values by one that reads all of one type. The message names that operator. Give its other inputs int16 too, name other layers, or put a rescale between.',
  ),
} as const;
