// `npm run paper`: the table of EffNet's paper anew.
import { registerPaper } from './commands/paper.js';
import { runProcess } from './process.js';

await runProcess(['paper', ...process.argv.slice(2)], [registerPaper]);
