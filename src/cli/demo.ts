// `npm run demo`: the whole path on real images, once.
import { registerDemo } from './commands/demo.js';
import { runProcess } from './process.js';

await runProcess(['demo', ...process.argv.slice(2)], [registerDemo]);
