/** MobileNet v2 as EffNet's paper has it, r = 4, for CIFAR-10: 64, 128 and 256 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { cifar10, mobilenetV2 } from './shared/networks.js';

export default defineModel('mobilenet_v2_r4', () => mobilenetV2(cifar10, 4));
