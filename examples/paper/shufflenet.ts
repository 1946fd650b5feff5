/** ShuffleNet as EffNet's paper has it, for CIFAR-10: 64, 128 and 256 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { cifar10, shufflenet } from './shared/networks.js';

export default defineModel('shufflenet', () => shufflenet(cifar10));
