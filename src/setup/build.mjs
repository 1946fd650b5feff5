// TypeScript to dist/, skipped when dist/ was made from exactly these sources.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand } from './packages.mjs';
import { capture, excerpt } from './process.mjs';
import { SetupError } from './report.mjs';

const stamp = '.built-from';

/**
 * A hash of everything that decides what the compiler writes. Content, not time stamps: a checkout of an older commit
 * makes files newer.
 * @param {string} root
 */
export function sourceHash(root) {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join('src', name))
    .sort();
  const hash = createHash('sha256');
  for (const name of [...sources, 'tsconfig.json', 'src/tsconfig.json', 'package-lock.json']) {
    const bytes = readFileSync(join(root, name));
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/**
 * @param {{ root: string, env: NodeJS.ProcessEnv, report: import('./report.mjs').Report }} context
 * @throws {SetupError} when the sources do not compile
 */
export function build({ root, env, report }) {
  const dist = join(root, 'dist');
  const hash = sourceHash(root);
  if (existsSync(join(dist, stamp)) && readFileSync(join(dist, stamp), 'utf8') === hash) return;
  const done = report.step('building (npm run build)');
  // What a deleted source has left could still be imported.
  rmSync(dist, { recursive: true, force: true });
  const [command, ...args] = npmCommand(env);
  const { ok, output } = capture(command, [...args, 'run', '--silent', 'build'], { cwd: root, env });
  done(ok ? 'done' : 'failed');
  if (!ok) throw new SetupError(`the sources do not compile:\n${excerpt(output, 0, 40)}`);
  writeFileSync(join(dist, stamp), hash);
}
