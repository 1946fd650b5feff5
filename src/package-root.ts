import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InternalError } from './diagnostics/diagnostic.js';

let found: string | undefined;

/**
 * The directory of the effnetc package, with `templates/` and `targets/` in it. Looked for upwards from this module, so
 * that it is the same from `src/` in the tests and from `dist/` in an installation.
 */
export function packageRoot(): string {
  found ??= search(dirname(fileURLToPath(import.meta.url)));
  return found;
}

function search(from: string): string {
  for (let directory = from; ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'package.json')) && existsSync(join(directory, 'templates'))) return directory;
    if (dirname(directory) === directory) throw new InternalError('the installation of effnetc has no templates');
  }
}
