/** The networks of `npm run paper`, in the order of its table. */

export interface PaperNetwork {
  /** Below `examples`. */
  readonly file: string;
  readonly title: string;
  /** What its images are. */
  readonly data: string;
  /** Files beside the network, where there are trained weights. Without them, weights are random. */
  readonly trained?: { readonly weights: string; readonly calibration: string };
}

const rates = [2, 4, 6];

/** The rows of one data set; `suffix` is how its files are called. */
function rowsOf(data: string, suffix: string, published: readonly PaperNetwork[]): PaperNetwork[] {
  const row = (file: string, title: string) => ({ file: `paper/${file}${suffix}.ts`, title, data });
  return [
    row('baseline', 'Baseline'),
    row('mobilenet', 'MobileNet'),
    ...published,
    ...rates.map(r => row(`effnet-revised-r${r}`, `revised EffNet r=${r}`)),
    ...rates.map(r => row(`mobilenet-v2-r${r}`, `MobileNet v2 r=${r}`)),
  ];
}

export const paperNetworks: readonly PaperNetwork[] = [
  ...rowsOf('CIFAR-10', '', [
    { file: 'paper/shufflenet.ts', title: 'ShuffleNet', data: 'CIFAR-10' },
    {
      file: 'effnet-cifar10/model.ts',
      title: 'EffNet',
      data: 'CIFAR-10',
      trained: { weights: 'effnet_relu.npz', calibration: 'data/calibration_images.npy' },
    },
  ]),
  ...rowsOf('SVHN', '-svhn', [{ file: 'paper/effnet-svhn.ts', title: 'EffNet', data: 'SVHN' }]),
  ...rowsOf('GTSRB', '-gtsrb', [{ file: 'paper/effnet-gtsrb.ts', title: 'EffNet', data: 'GTSRB' }]),
  { file: 'paper/mobilenet-v1-025-96.ts', title: 'MobileNetV1 0.25', data: '96x96' },
  { file: 'paper/mixnet-s.ts', title: 'MixNet-S', data: '224x224' },
];
