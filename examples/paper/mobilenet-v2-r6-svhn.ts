/** MobileNet v2 as EffNet's paper has it, r = 6, for the house numbers of SVHN: 12, 24 and 48 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { mobilenetV2, svhn } from './shared/networks.js';

export default defineModel('mobilenet_v2_r6_svhn', () => mobilenetV2(svhn, 6));
