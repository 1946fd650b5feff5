/** MobileNet as EffNet's paper has it, for the house numbers of SVHN: 12, 24 and 48 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { mobilenet, svhn } from './shared/networks.js';

export default defineModel('mobilenet_svhn', () => mobilenet(svhn));
