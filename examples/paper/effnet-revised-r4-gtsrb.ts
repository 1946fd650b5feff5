/** The revised EffNet, r = 4, for the traffic signs of GTSRB: 8, 16 and 32 channels, 43 classes. */
import { defineModel } from 'effnetc';
import { effnetRevised, gtsrb } from './shared/networks.js';

export default defineModel('effnet_revised_r4_gtsrb', () => effnetRevised(gtsrb, 4));
