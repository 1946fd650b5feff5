import { genericPool } from '../shared/pool-kernel.js';

export const genericAvgPool = genericPool('avgpool', 'kernels/avg-pool/generic');
