/** What EffNet's paper compares everything with, for the traffic signs of GTSRB: 8, 16 and 32 channels, 43 classes. */
import { defineModel } from 'effnetc';
import { baseline, gtsrb } from './shared/networks.js';

export default defineModel('baseline_gtsrb', () => baseline(gtsrb));
