/** MobileNet as EffNet's paper has it, for CIFAR-10: 64, 128 and 256 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { cifar10, mobilenet } from './shared/networks.js';

export default defineModel('mobilenet', () => mobilenet(cifar10));
