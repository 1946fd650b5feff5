import fc from 'fast-check';
import { restartNoise } from './ops/noise.js';

// A suite that passes on one machine passes on all. The exhaustive suite looks at new cases each time; a failure of it
// prints its seed.
if (process.env.EFFNETC_EXHAUSTIVE !== '1') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_181 });
restartNoise();
