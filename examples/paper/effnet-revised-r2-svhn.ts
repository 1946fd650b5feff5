/** The revised EffNet, r = 2, for the house numbers of SVHN: 12, 24 and 48 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { effnetRevised, svhn } from './shared/networks.js';

export default defineModel('effnet_revised_r2_svhn', () => effnetRevised(svhn, 2));
