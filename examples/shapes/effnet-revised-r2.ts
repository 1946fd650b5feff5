/** The revised EffNet for CIFAR-10, r = 2. */
import { defineModel } from 'effnetc';
import { effnetRevised } from './shared/effnet-revised.js';

export default defineModel('effnet_revised_r2', () => effnetRevised(2));
