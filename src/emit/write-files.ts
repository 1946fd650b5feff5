import { randomBytes } from 'node:crypto';
import * as nodeFileSystem from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fail, invariant } from '../diagnostics/diagnostic.js';

/** Directories in use, so that an interrupted run can remove them: see main.ts. */
const live = new Set<string>();

function remove(directory: string): void {
  live.delete(directory);
  // Best effort: a leftover in the temporary directory must not replace the error that is on its way.
  try {
    rmSync(directory, { recursive: true, force: true, maxRetries: 2 });
  } catch {}
}

/** Runs `body` with an empty directory of its own and removes it afterwards, whatever happens. */
export async function withTemporaryDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'effnetc-'));
  live.add(directory);
  try {
    return await body(directory);
  } finally {
    remove(directory);
  }
}

/** Removes every directory that is in use. For the end of an interrupted process. */
export function removeTemporaryDirectories(): void {
  for (const directory of live) remove(directory);
}

interface SystemError {
  readonly code: string;
  readonly path?: string | undefined;
}

const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';

/** What went wrong and what to do about it, for the errors that users meet. */
const causes: Readonly<Record<string, readonly [cause: string, hint: string]>> = {
  ENOTDIR: ['a part of the path is a file, not a directory', 'choose another place, or remove that file'],
  EISDIR: ['there is a directory of that name', 'give the path of a file'],
  EACCES: ['permission denied', 'choose a place that you may write to'],
  EPERM: ['permission denied', 'choose a place that you may write to'],
  EROFS: ['the file system is read-only', 'choose a place that you may write to'],
  ENOSPC: ['no space left on the device', 'free some space or choose another disk'],
  EDQUOT: ['the disk quota is used up', 'free some space or choose another disk'],
  EFBIG: ['the file is larger than the system allows', 'choose another place'],
  ENOENT: ['the path does not exist', 'make the directory first'],
  ENAMETOOLONG: ['the path is too long', 'choose a shorter one'],
  ELOOP: ['symbolic links of the path form a circle', 'choose another place'],
  ERR_INVALID_ARG_VALUE: ['the path has a null character', 'choose another name'],
};

/**
 * Turns an error of node:fs into a diagnostic; any other error is passed on as it is.
 *
 * @param path as the user gave it
 * @throws CompileError E0906
 */
export function failToWrite(path: string, error: unknown): never {
  if (!isSystemError(error)) throw error;
  const [cause, hint] = causes[error.code] ?? [`system error ${error.code}`, undefined];
  fail('E0906', `cannot write "${path}": ${cause}`, { notes: ['nothing was changed'], hint });
}

/**
 * What is needed of node:fs. Synchronous on purpose: signals are handled between turns of the event loop, so Ctrl-C
 * cannot come between two of these calls.
 */
export type FileSystem = Pick<
  typeof nodeFileSystem,
  | 'chmodSync'
  | 'copyFileSync'
  | 'linkSync'
  | 'mkdirSync'
  | 'realpathSync'
  | 'renameSync'
  | 'rmSync'
  | 'rmdirSync'
  | 'statSync'
  | 'writeFileSync'
>;

export interface WriteOptions {
  /** What a relative path is relative to; the current directory of the process by default. */
  readonly cwd?: string | undefined;
  /** For tests. */
  readonly fileSystem?: FileSystem | undefined;
}

export type Content = string | Uint8Array;

/**
 * Writes all files into a directory, made where it is missing, or none: contents go into temporary siblings first, then
 * are renamed. After an error the tree is as it was.
 *
 * @param directory as the user gave it; messages name it so
 * @param files content by name; a name may have directories (`src/model.c`) but not leave `directory`
 * @returns the paths in the order of `files`, with forward slashes, beginning with `directory`
 * @throws CompileError E0906
 */
export function writeFilesAtomically(
  directory: string,
  files: ReadonlyMap<string, Content>,
  options: WriteOptions = {},
): readonly string[] {
  const write = new Transaction(options.fileSystem ?? nodeFileSystem);
  const root = resolve(options.cwd ?? '', directory);
  const paths: string[] = [];
  const stats = statOf(options.fileSystem ?? nodeFileSystem, root);
  if (stats && !stats.isDirectory()) {
    fail('E0906', `cannot write "${directory}": it is a file, where a directory is wanted`, {
      notes: ['nothing was changed'],
      hint: 'give another path, or remove that file',
    });
  }
  write.run(directory, () => {
    write.makeDirectory(root);
    for (const [name, content] of files) {
      invariant(!isAbsolute(name) && !name.split(/[\\/]/).includes('..'), `file name ${name} leaves its directory`);
      const path = join(directory, name).replaceAll('\\', '/');
      paths.push(path);
      write.stage(join(root, name), content, path);
    }
  });
  return paths;
}

/**
 * Writes one file, as {@link writeFilesAtomically} does; its directory must exist or can be made. A device or a pipe
 * (`-o /dev/stdout`) is written to as it is.
 *
 * @throws CompileError E0906
 */
export function writeFileAtomically(path: string, content: Content, options: WriteOptions = {}): void {
  const fileSystem = options.fileSystem ?? nodeFileSystem;
  const target = resolve(options.cwd ?? '', path);
  const write = new Transaction(fileSystem);
  write.run(path, () => {
    const stats = fileSystem.statSync(target, { throwIfNoEntry: false });
    if (target.startsWith('/dev/') || (stats && !stats.isFile() && !stats.isDirectory())) {
      fileSystem.writeFileSync(target, content);
      return;
    }
    write.makeDirectory(dirname(target));
    write.stage(target, content, path);
  });
}

interface Staged {
  readonly path: string;
  readonly temporary: string;
  readonly target: string;
  readonly backup?: string;
}

/** Collects what is to be renamed, and how to take back what was done. */
class Transaction {
  private readonly staged: Staged[] = [];
  private readonly undo: (() => void)[] = [];
  /** Makes names of temporaries unique among processes that write to the same place. */
  private readonly suffix = randomBytes(6).toString('hex');

  /** The path that messages name: the user's, not that of a temporary. */
  private named = '';

  constructor(private readonly fs: FileSystem) {}

  run(named: string, stageAll: () => void): void {
    this.named = named;
    try {
      stageAll();
      for (const { temporary, target, backup, path } of this.staged) {
        this.named = path;
        this.fs.renameSync(temporary, target);
        this.undo.push(() => (backup === undefined ? this.fs.rmSync(target) : this.fs.renameSync(backup, target)));
      }
    } catch (error) {
      for (const step of this.undo.reverse()) attempt(step);
      failToWrite(this.named, error);
    }
    for (const { backup } of this.staged) if (backup !== undefined) attempt(() => this.fs.rmSync(backup));
  }

  makeDirectory(path: string): void {
    const stats = this.fs.statSync(path, { throwIfNoEntry: false });
    if (stats) {
      if (!stats.isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR', path });
      return;
    }
    this.makeDirectory(dirname(path));
    this.fs.mkdirSync(path);
    this.undo.push(() => this.fs.rmdirSync(path));
  }

  /**
   * @param path absolute
   * @param named the same for messages
   */
  stage(path: string, content: Content, named: string): void {
    this.named = named;
    this.makeDirectory(dirname(path));
    const stats = this.fs.statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR', path });
    // A symbolic link stays one: the file that it names is replaced.
    const target = stats ? this.fs.realpathSync(path) : path;
    const hidden = join(dirname(target), `.${basename(target)}.${this.suffix}`);
    const temporary = `${hidden}.tmp`;
    this.undo.push(() => this.fs.rmSync(temporary, { force: true }));
    this.fs.writeFileSync(temporary, content, { flag: 'wx' });
    if (!stats) {
      this.staged.push({ path: named, temporary, target });
      return;
    }
    this.fs.chmodSync(temporary, stats.mode);
    const backup = `${hidden}.old`;
    this.undo.push(() => this.fs.rmSync(backup, { force: true }));
    this.keep(target, backup);
    this.staged.push({ path: named, temporary, target, backup });
  }

  /** Keeps the old file itself under a second name, or a copy where the file system has no hard links. */
  private keep(target: string, backup: string): void {
    try {
      this.fs.linkSync(target, backup);
    } catch {
      this.fs.copyFileSync(target, backup);
    }
  }
}

/** Nothing where there is nothing, or no way to look: the write itself then says why. */
function statOf(fileSystem: FileSystem, path: string): nodeFileSystem.Stats | undefined {
  try {
    return fileSystem.statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Clean-up goes on when one of its steps fails: the first error is the one to report. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {}
}
