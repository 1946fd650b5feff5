import { describeNetworks } from './networks.js';

/** MLPerf Tiny: the products of the dimensions in the benchmark's reference code. */
describeNetworks('shapes', {
  'ds-cnn.ts': [2_656_768, 22_016, 3_456],
  'resnet8.ts': [12_501_632, 77_360, 8_960],
});
