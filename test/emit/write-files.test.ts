import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import {
  type FileSystem,
  removeTemporaryDirectories,
  withTemporaryDirectory,
  writeFileAtomically,
  writeFilesAtomically,
} from '../../src/emit/write-files.js';

let cwd: string;
beforeEach(() => {
  cwd = fs.mkdtempSync(join(tmpdir(), 'effnetc-write-'));
});
afterEach(() => fs.rmSync(cwd, { recursive: true, force: true }));

/** Every file below `cwd` with its inode and content, and every directory. */
function tree(): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of fs.readdirSync(cwd, { recursive: true, encoding: 'utf8' }).sort()) {
    const stats = fs.statSync(join(cwd, name));
    result[name] = stats.isDirectory() ? 'directory' : `${stats.ino} ${fs.readFileSync(join(cwd, name), 'utf8')}`;
  }
  return result;
}

const put = (name: string, content: string) => {
  fs.mkdirSync(dirname(join(cwd, name)), { recursive: true });
  fs.writeFileSync(join(cwd, name), content);
};
const read = (name: string) => fs.readFileSync(join(cwd, name), 'utf8');

function messageOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof CompileError)
      return error.diagnostics.map(d => `${d.code} ${d.message}; ${d.hint}`).join('\n');
    throw error;
  }
  return undefined;
}

/** node:fs whose n-th changing call fails. */
function failingAt(n: number, code: string): FileSystem & { readonly calls: () => number } {
  let calls = 0;
  const guard = <A extends unknown[], R>(call: (...args: A) => R) => {
    return (...args: A): R => {
      if (++calls === n) throw Object.assign(new Error('injected'), { code });
      return call(...args);
    };
  };
  return {
    ...fs,
    chmodSync: guard(fs.chmodSync),
    mkdirSync: guard(fs.mkdirSync) as typeof fs.mkdirSync,
    renameSync: guard(fs.renameSync),
    writeFileSync: guard(fs.writeFileSync) as typeof fs.writeFileSync,
    calls: () => calls,
  };
}

const files = new Map<string, string | Uint8Array>([
  ['m.h', 'header'],
  ['src/m.c', 'code'],
  ['m.bin', new Uint8Array([65, 66])],
]);

describe('writeFilesAtomically', () => {
  it('makes the directories and returns the paths as the user would write them', () => {
    expect(writeFilesAtomically('out/deep', files, { cwd })).toEqual([
      'out/deep/m.h',
      'out/deep/src/m.c',
      'out/deep/m.bin',
    ]);
    expect(read('out/deep/src/m.c')).toBe('code');
    expect(read('out/deep/m.bin')).toBe('AB');
  });

  it('replaces what is there, keeps other files and modes, and leaves no temporaries', () => {
    put('out/m.h', 'old');
    put('out/other.txt', 'mine');
    fs.chmodSync(join(cwd, 'out/m.h'), 0o640);
    writeFilesAtomically('out', files, { cwd });
    expect(Object.keys(tree())).toEqual(['out', 'out/m.bin', 'out/m.h', 'out/other.txt', 'out/src', 'out/src/m.c']);
    expect(read('out/m.h')).toBe('header');
    expect(fs.statSync(join(cwd, 'out/m.h')).mode & 0o777).toBe(0o640);
  });

  it('writes through a symbolic link', () => {
    put('elsewhere/real.h', 'old');
    fs.mkdirSync(join(cwd, 'out'));
    fs.symlinkSync('../elsewhere/real.h', join(cwd, 'out/m.h'));
    writeFilesAtomically('out', files, { cwd });
    expect(read('elsewhere/real.h')).toBe('header');
    expect(fs.lstatSync(join(cwd, 'out/m.h')).isSymbolicLink()).toBe(true);
  });

  it('changes nothing at all, whichever step fails', () => {
    put('out/m.h', 'old');
    put('out/m.bin', 'old');
    const before = tree();
    const count = failingAt(0, '');
    const steps = () => count.calls();
    writeFilesAtomically('out', files, { cwd, fileSystem: count });
    fs.rmSync(join(cwd, 'out'), { recursive: true });
    expect(steps()).toBe(9);
    for (let n = 1; n <= steps(); n++) {
      put('out/m.h', 'old');
      put('out/m.bin', 'old');
      const original = tree();
      expect(Object.keys(original)).toEqual(Object.keys(before));
      const fileSystem = failingAt(n, 'ENOSPC');
      expect(
        messageOf(() => writeFilesAtomically('out', files, { cwd, fileSystem })),
        `step ${n}`,
      ).toMatch(/^E0906 cannot write "out\/(m.h|src\/m.c|m.bin)": no space left on the device; free some space/);
      expect(tree(), `step ${n}`).toEqual(original);
      fs.rmSync(join(cwd, 'out'), { recursive: true });
    }
  });

  it('removes the directories that it made when it fails', () => {
    for (let n = 1; n <= 8; n++) {
      const fileSystem = failingAt(n, 'EACCES');
      expect(messageOf(() => writeFilesAtomically('a/b', files, { cwd, fileSystem }))).toContain('permission denied');
      expect(tree(), `step ${n}`).toEqual({});
    }
  });

  it.each([
    [
      'a file in the place of the directory',
      () => put('out', 'file'),
      'it is a file, where a directory is wanted',
      'out',
    ],
    [
      'a file in the place of a directory within',
      () => put('out/src', 'file'),
      'a part of the path is a file',
      'out/src/m.c',
    ],
    [
      'a directory in the place of a file',
      () => put('out/m.bin/x', ''),
      'there is a directory of that name',
      'out/m.bin',
    ],
  ])('reports %s', (_, prepare, expected, path) => {
    prepare();
    const before = tree();
    expect(messageOf(() => writeFilesAtomically('out', files, { cwd }))).toContain(
      `cannot write "${path}": ${expected}`,
    );
    expect(tree()).toEqual(before);
  });

  it('reports a path that no system can have', () => {
    expect(messageOf(() => writeFilesAtomically('x'.repeat(300), files, { cwd }))).toContain('the path is too long');
    expect(messageOf(() => writeFilesAtomically('a\0b', files, { cwd }))).toContain('null character');
  });

  it('takes a name that leaves the directory for a fault of ours', () => {
    expect(() => writeFilesAtomically('out', new Map([['../x', '']]), { cwd })).toThrow(/leaves its directory/);
    expect(tree()).toEqual({});
  });
});

describe('writeFileAtomically', () => {
  it('writes one file and makes its directory', () => {
    writeFileAtomically('a/report.html', '<p>', { cwd });
    expect(read('a/report.html')).toBe('<p>');
    expect(Object.keys(tree())).toEqual(['a', 'a/report.html']);
  });

  it('reports a directory of that name', () => {
    put('a/x', '');
    expect(messageOf(() => writeFileAtomically('a', '', { cwd }))).toContain('there is a directory of that name');
  });

  it.runIf(fs.existsSync('/dev/full'))('writes to a device as it is, and reports a full one', () => {
    writeFileAtomically('/dev/null', 'x');
    expect(messageOf(() => writeFileAtomically('/dev/full', 'x'))).toContain('no space left on the device');
    expect(fs.statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('withTemporaryDirectory', () => {
  it('removes the directory after success and after failure', async () => {
    let used = '';
    await withTemporaryDirectory(async directory => {
      used = directory;
      fs.writeFileSync(join(directory, 'x'), '');
    });
    expect(fs.existsSync(used)).toBe(false);
    const broken = withTemporaryDirectory(async directory => {
      used = directory;
      throw new Error('x');
    });
    await expect(broken).rejects.toThrow('x');
    expect(fs.existsSync(used)).toBe(false);
  });

  it('lets an interrupted run remove what is in use', async () => {
    await withTemporaryDirectory(async directory => {
      removeTemporaryDirectories();
      expect(fs.existsSync(directory)).toBe(false);
    });
  });
});
