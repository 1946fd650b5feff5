/** MobileNet v2 as EffNet's paper has it, r = 4, for the house numbers of SVHN: 12, 24 and 48 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { mobilenetV2, svhn } from './shared/networks.js';

export default defineModel('mobilenet_v2_r4_svhn', () => mobilenetV2(svhn, 4));
