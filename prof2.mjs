import { loadFloatModel, quantiseModel } from './dist/pipeline.js';
import { Session } from './dist/diagnostics/session.js';
import { readInputs } from './dist/frontend/arrays/images.js';
const e='examples/effnet-cifar10/';
for (const [count, rounding] of [[16,'native'],[32,'tflite']]) {
const s=new Session(); const g=await loadFloatModel({model:e+'model.ts',weights:e+'effnet_relu.npz'}, s);
const u=process.cpuUsage(); await quantiseModel(g,{...readInputs(e+'data/calibration_images.npy'),count},{rounding},s); const d=process.cpuUsage(u); console.log(count, rounding,(d.user/1e6).toFixed(1)); }
