/** The revised EffNet, r = 4, for CIFAR-10: 64, 128 and 256 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { cifar10, effnetRevised } from './shared/networks.js';

export default defineModel('effnet_revised_r4', () => effnetRevised(cifar10, 4));
