/** What EffNet's paper compares everything with, for the house numbers of SVHN: 12, 24 and 48 channels, 10 classes. */
import { defineModel } from 'effnetc';
import { baseline, svhn } from './shared/networks.js';

export default defineModel('baseline_svhn', () => baseline(svhn));
