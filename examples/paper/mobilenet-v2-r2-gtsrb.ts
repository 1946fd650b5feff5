/** MobileNet v2 as EffNet's paper has it, r = 2, for the traffic signs of GTSRB: 8, 16 and 32 channels, 43 classes. */
import { defineModel } from 'effnetc';
import { gtsrb, mobilenetV2 } from './shared/networks.js';

export default defineModel('mobilenet_v2_r2_gtsrb', () => mobilenetV2(gtsrb, 2));
