/** EffNet for the traffic signs of GTSRB: 8, 16 and 32 channels, 43 classes. */
import { defineModel } from 'effnetc';
import { effnetSmall } from './shared/effnet-small.js';

export default defineModel('effnet_gtsrb', () => effnetSmall([8, 16, 32], 43));
