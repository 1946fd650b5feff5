/** What EffNet's paper compares everything with, for CIFAR-10: 64, 128 and 256 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { baseline, cifar10 } from './shared/networks.js';

export default defineModel('baseline', () => baseline(cifar10));
