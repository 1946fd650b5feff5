import { conv, defineModel, input } from 'effnetc';

/** An image in and an image out: its first rows are made long before the last input row is there. */
export default defineModel('staged', () => {
  let x = input({ height: 9, width: 7, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  x = conv(x, { name: 'a', channels: 4, kernel: 1 });
  return conv(x, { name: 'b', channels: 2, kernel: 3, padding: 'same' });
});
