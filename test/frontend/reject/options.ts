import { model, rejectCase } from './case.js';

/** Options and shapes that an op cannot take. */
export const optionCases = [
  rejectCase('softmax over too many', 'E0201', model('x = §softmax(dense(x, { units: 4096 }));')),
  rejectCase('kernel of zero', 'E0201', model('x = conv(x, { channels: 4, §kernel: 0 });')),
  rejectCase('zero in a kernel pair', 'E0201', model('x = conv(x, { channels: 4, kernel: [1, §0] });')),
  rejectCase('half a channel', 'E0201', model('const channels = 5 / 2;\nx = conv(x, { §channels, kernel: 1 });')),
  rejectCase(
    'weights of 5 bits',
    'E0201',
    model('const bits: any = 5;\nx = conv(x, { channels: 4, kernel: 1, §weightBits: bits });'),
  ),
  rejectCase(
    'binary conv of another width',
    'E0201',
    model('const odd: any = { channels: 4, kernel: 1, weightBits: 2 };\nx = §binaryConv(x, odd);'),
  ),
  rejectCase('negative padding', 'E0201', model('x = conv(x, { channels: 4, kernel: 3, padding: { §top: -1 } });')),
  rejectCase('two bad options', 'E0201', model('x = conv(x, {\n  §channels: 0,\n  kernel: 3,\n  stride: 1.5,\n});')),
  rejectCase(
    'bad option from a spread',
    'E0201',
    model('x = maxPool(x, { ...shared });', 'const shared = { §kernel: -2 };'),
  ),
  rejectCase(
    'scale without zero point',
    'E0201',
    model('x = flatten(x);').replace('input({ height: 8', '§input({ scale: 1, height: 8'),
  ),
  rejectCase('slope above one', 'E0201', model("x = activation(x, { kind: 'leakyRelu', §slope: 3 });")),
  rejectCase('unknown activation', 'E0201', model("const kind: any = 'gelu';\nx = activation(x, { §kind });")),
  rejectCase('tensor as an option', 'E0201', model('const anything: any = x;\nx = dense(x, { §units: anything });')),
  rejectCase('option that is missing after all', 'E0201', model('const none: any = {};\nx = §dense(x, none);')),
  rejectCase('option after a cast', 'E0201', model('const odd: any = { units: 3, dilation: 2 };\nx = §dense(x, odd);')),
  rejectCase('stride without kernel', 'E0201', model('const odd: any = { stride: 2 };\nx = §avgPool(x, odd);')),
  rejectCase(
    'name used twice',
    'E0203',
    model("x = conv(x, { name: 'a', channels: 4, kernel: 1 });\nx = §conv(x, { name: 'a', channels: 4, kernel: 1 });"),
  ),
  rejectCase('empty name', 'E0206', model("x = conv(x, { §name: '', channels: 4, kernel: 1 });")),
  rejectCase('name with a space', 'E0206', model("x = conv(x, { §name: 'my conv', channels: 4, kernel: 1 });")),
  rejectCase('window larger than the input', 'E0202', model('x = §maxPool(x, { kernel: 9 });')),
  rejectCase('padding as large as the kernel', 'E0204', model('x = §maxPool(x, { kernel: 2, padding: 2 });')),
  rejectCase('groups that do not divide', 'E0205', model('x = §conv(x, { channels: 6, kernel: 1, groups: 4 });')),
  rejectCase(
    'addition of different channels',
    'E0207',
    model("const y = conv(x, { name: 'wide', channels: 6, kernel: 1 });\nx = §add(x, y, { name: 'sum' });"),
  ),
  rejectCase(
    'addition of different sizes',
    'E0207',
    model('x = §add(conv(x, { channels: 4, kernel: 3 }), conv(x, { channels: 4, kernel: 1, stride: 2 }));'),
  ),
  rejectCase('dense after argmax', 'E0208', model('x = §dense(argmax(x), { units: 3 });')),
  rejectCase('activation after argmax', 'E0208', model("x = §activation(argmax(x), 'relu');")),
  rejectCase('addition of a number', 'E0108', model('const one: any = 1;\nx = add(x, §one);')),
  rejectCase(
    'addition with an option',
    'E0201',
    model("const odd: any = { activation: 'relu' };\nx = §add(x, x, { ...odd });"),
  ),
  rejectCase(
    'block that shrinks too far',
    'E0202',
    model('for (const i of [1, 2, 3, 4]) x = §effnetBlock(x, { name: `b${i}`, channels: 8 });'),
  ),
  rejectCase(
    'expansion that leaves nothing',
    'E0201',
    model("x = effnetBlock(x, { name: 'b', channels: 8, §expansion: 0.25 });"),
  ),
  rejectCase('block without a name', 'E0206', model('const odd: any = { kernels: [3] };\nx = §mixConv(x, odd);')),
  rejectCase(
    'inverted residual that leaves nothing',
    'E0201',
    model("x = invertedResidual(x, { name: 'b', channels: 8, §expansion: 0.1 });"),
  ),
  rejectCase(
    'inverted residual that is too wide',
    'E0201',
    model(
      "x = conv(x, { channels: 2000, kernel: 1 });\nx = invertedResidual(x, { name: 'b', channels: 8, §expansion: 64 });",
    ),
  ),
  rejectCase(
    'more kernels than channels',
    'E0201',
    model("x = mixConv(x, { name: 'b', §kernels: [3, 5, 7, 9, 11] });"),
  ),
  rejectCase('mixConv without kernels', 'E0201', model("x = mixConv(x, { name: 'b', §kernels: [] });")),
  rejectCase('squeeze by more than one', 'E0201', model("x = squeezeExcite(x, { name: 'b', §ratio: 1.5 });")),
  rejectCase('stride of nothing', 'E0201', model("x = mobilenetBlock(x, { name: 'b', channels: 8, §stride: 0 });")),
  rejectCase(
    'shuffle unit that cannot be added',
    'E0201',
    model("x = shufflenetUnit(x, { name: 'b', groups: 2, §channels: 8 });"),
  ),
  rejectCase(
    'shuffle unit whose shortcut is all',
    'E0201',
    model("x = shufflenetUnit(x, { name: 'b', groups: 1, §channels: 4, stride: 2 });"),
  ),
  rejectCase(
    'shuffle unit of an input that does not split',
    'E0201',
    model("x = shufflenetUnit(x, { name: 'b', §groups: 3, channels: 12, stride: 2 });"),
  ),
  rejectCase(
    'shuffle unit whose first groups do not split the input',
    'E0201',
    model("x = shufflenetUnit(x, { name: 'b', groups: 2, §firstGroups: 3, channels: 12, stride: 2 });"),
  ),
  rejectCase(
    'shuffle unit whose bottleneck does not split',
    'E0201',
    model("x = shufflenetUnit(x, { name: 'b', groups: 2, §bottleneck: 3, channels: 12, stride: 2 });"),
  ),
  rejectCase(
    'shuffle unit whose last conv does not split',
    'E0201',
    model("x = shufflenetUnit(x, { name: 'b', §groups: 2, channels: 13, bottleneck: 4, stride: 2 });"),
  ),
  rejectCase('swish with an option', 'E0201', model('const odd: any = { beta: 1 };\nx = §swish(x, { ...odd });')),
  rejectCase(
    'mistake inside a function',
    'E0202',
    model('x = head(x);', 'const head = (t: Tensor) => §maxPool(t, { kernel: 20 });').replace(
      'defineModel, ',
      'defineModel, type Tensor, ',
    ),
  ),
];
