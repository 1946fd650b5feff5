/** EffNet for the house numbers of SVHN: 12, 24 and 48 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { effnetSmall } from './shared/effnet-small.js';

export default defineModel('effnet_svhn', () => effnetSmall([12, 24, 48], 10));
