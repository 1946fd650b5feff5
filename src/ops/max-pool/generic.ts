import { genericPool } from '../shared/pool-kernel.js';

export const genericMaxPool = genericPool('maxpool', 'kernels/max-pool/generic');
