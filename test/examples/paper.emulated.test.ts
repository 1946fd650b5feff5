import { describe, expect, it } from 'vitest';
import { describeNetworks, type Facts } from './networks.js';

/**
 * EffNet and its comparison networks: counted by hand from the tables of arXiv 1801.06434. MobileNetV1: the products of the
 * dimensions in the reference code of MLPerf Tiny. MixNet-S: 4.1 M parameters are published.
 */
const facts: Readonly<Record<string, Facts>> = {
  'baseline.ts': [39_559_168, 411_328, 10_280],
  'mobilenet.ts': [2_914_304, 85_376, 7_720],
  'shufflenet.ts': [2_231_296, 51_232, 5_928],
  'effnet-revised-r2.ts': [8_323_072, 229_312, 10_280],
  'effnet-revised-r4.ts': [14_835_712, 415_936, 16_808],
  'effnet-revised-r6.ts': [21_348_352, 602_560, 23_232],
  'mobilenet-v2-r2.ts': [8_212_480, 169_024, 10_280],
  'mobilenet-v2-r4.ts': [14_614_528, 295_360, 18_472],
  'mobilenet-v2-r6.ts': [21_016_576, 421_696, 26_624],
  'baseline-svhn.ts': [1_666_560, 20_964, 1_960],
  'mobilenet-svhn.ts': [386_688, 9_768, 1_480],
  'effnet-svhn.ts': [258_816, 11_694, 1_128],
  'effnet-revised-r2-svhn.ts': [602_112, 14_916, 1_960],
  'effnet-revised-r4-svhn.ts': [864_768, 21_828, 3_220],
  'effnet-revised-r6-svhn.ts': [1_127_424, 28_740, 4_356],
  'mobilenet-v2-r2-svhn.ts': [581_376, 12_972, 2_128],
  'mobilenet-v2-r4-svhn.ts': [823_296, 17_940, 3_648],
  'mobilenet-v2-r6-svhn.ts': [1_065_216, 22_908, 4_992],
  'baseline-gtsrb.ts': [833_024, 27_992, 1_468],
  'mobilenet-gtsrb.ts': [266_496, 23_088, 1_088],
  'effnet-gtsrb.ts': [172_032, 23_910, 1_060],
  'effnet-revised-r2-gtsrb.ts': [369_152, 25_400, 1_452],
  'effnet-revised-r4-gtsrb.ts': [495_104, 28_568, 2_176],
  'effnet-revised-r6-gtsrb.ts': [621_056, 31_736, 2_908],
  'mobilenet-v2-r2-gtsrb.ts': [355_328, 24_584, 1_580],
  'mobilenet-v2-r4-gtsrb.ts': [467_456, 26_936, 2_560],
  'mobilenet-v2-r6-gtsrb.ts': [579_584, 29_288, 3_328],
  'mobilenet-v1-025-96.ts': [7_489_664, 208_112, 9_600],
  'mixnet-s.ts': [239_173_360, 4_094_488, 0],
};

describeNetworks('paper', facts);

/** FLOPs as the paper prints them. It counts a few networks in another way; these it counts as twice the MACs. */
const printed: readonly (readonly [file: string, flops: string])[] = [
  ['mobilenet.ts', '5.8 M'],
  ['mobilenet-svhn.ts', '773.4 k'],
  ['mobilenet-gtsrb.ts', '533.0 k'],
  ['effnet-svhn.ts', '517.6 k'],
  ['effnet-gtsrb.ts', '344.1 k'],
  ['effnet-revised-r6-svhn.ts', '2254.8 k'],
  ['effnet-revised-r4-svhn.ts', '1729.5 k'],
  ['effnet-revised-r2-svhn.ts', '1204.2 k'],
  ['mobilenet-v2-r6-svhn.ts', '2130.4 k'],
  ['mobilenet-v2-r4-svhn.ts', '1646.6 k'],
  ['mobilenet-v2-r2-svhn.ts', '1162.8 k'],
  ['mobilenet-v2-r6-gtsrb.ts', '1159.2 k'],
  ['mobilenet-v2-r4-gtsrb.ts', '934.9 k'],
  ['mobilenet-v2-r2-gtsrb.ts', '710.7 k'],
  ['mobilenet-v2-r6.ts', '42.0 M'],
  ['mobilenet-v2-r4.ts', '29.2 M'],
  ['mobilenet-v2-r2.ts', '16.4 M'],
];

describe('twice the MACs are the FLOPs that the paper prints', () => {
  it.each(printed)('%s: %s', (file, flops) => {
    const [macs] = facts[file];
    const text = flops.endsWith('k') ? `${((2 * macs) / 1e3).toFixed(1)} k` : `${((2 * macs) / 1e6).toFixed(1)} M`;
    expect(text).toBe(flops);
  });
});
