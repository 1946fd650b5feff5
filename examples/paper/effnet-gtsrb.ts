/** EffNet for the traffic signs of GTSRB: 8, 16 and 32 channels, 43 classes. */
import { defineModel } from 'effnetc';
import { effnet, gtsrb } from './shared/networks.js';

export default defineModel('effnet_gtsrb', () => effnet(gtsrb));
