/** EffNet for the house numbers of SVHN: 12, 24 and 48 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { effnet, svhn } from './shared/networks.js';

export default defineModel('effnet_svhn', () => effnet(svhn));
