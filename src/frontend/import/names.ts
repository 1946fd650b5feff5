import { checkModelName } from '../model-name.js';

/** A name for the C from that of a file: `kws_ref_model.tflite` becomes `kws_ref_model`. */
export function modelNameOf(file: string): string {
  const plain = file
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
  return [plain, `model_${plain}`].find(name => checkModelName(name) === undefined) ?? 'model';
}
