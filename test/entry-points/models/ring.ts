import { conv, defineModel, dense, input } from 'effnetc';

/** Windows of three input rows: pushed rows are kept. */
export default defineModel('ring', () => {
  let x = input({ height: 9, width: 7, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  x = conv(x, { name: 'a', channels: 4, kernel: 3, padding: 'same' });
  x = conv(x, { name: 'b', channels: 6, kernel: 3, stride: 2 });
  return dense(x, { name: 'fc', units: 5 });
});
