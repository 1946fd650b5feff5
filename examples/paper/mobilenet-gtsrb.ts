/** MobileNet as EffNet's paper has it, for the traffic signs of GTSRB: 8, 16 and 32 channels, 43 classes. */
import { defineModel } from 'effnetc';
import { gtsrb, mobilenet } from './shared/networks.js';

export default defineModel('mobilenet_gtsrb', () => mobilenet(gtsrb));
