// Compares every byte that two revisions generate: node test/bench/compare-generated.mjs BEFORE [AFTER] [--quick]
// BEFORE and AFTER are revisions of git; without AFTER the working tree is compared. Both are checked out and built, each
// compiles the models of examples/ and test/golden for targets of all instruction sets, and the files are compared,
// header lines of provenance included. The golden files of both are compared as well.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const args = process.argv.slice(2);
const quick = args.includes('--quick');
const [before, after] = args.filter(arg => !arg.startsWith('--'));
if (before === undefined) {
  console.error('usage: node test/bench/compare-generated.mjs BEFORE [AFTER] [--quick]');
  process.exit(2);
}

/** One target of each instruction set: Thumb-1, Thumb-2, DSP, MVE and none. */
const targets = ['cortex-m0', 'cortex-m3', 'cortex-m4', 'cortex-m55', 'host'];
const goals = ['speed', 'size', 'ram'];

/** The command lines, as effnetc takes them in a checkout. */
function commandsIn(checkout) {
  const effnet = 'examples/effnet-cifar10';
  const files = folder => readdirSync(join(checkout, folder)).filter(name => !name.startsWith('.'));
  const models = [
    ['examples/tiny/model.ts', '--random-weights'],
    [`${effnet}/model.ts`, '--random-weights'],
    [`${effnet}/leaky-postbn.ts`, '--random-weights'],
    ...files('examples/shapes')
      .filter(name => name.endsWith('.ts'))
      .map(name => [`examples/shapes/${name}`, '--random-weights']),
    ...files('examples/tflite')
      .filter(name => name.endsWith('.tflite'))
      .map(name => [`examples/tflite/${name}`]),
    [`${effnet}/model.ts`, '--weights', 'compared/q.safetensors'],
    [`${effnet}/model.ts`, '--weights', 'compared/q4.safetensors'],
  ];
  const paper = files('examples/paper')
    .filter(name => name.endsWith('.ts'))
    .map(name => [`examples/paper/${name}`, '--random-weights']);
  const plain = [
    ...models.flatMap(model => targets.map(target => [...model, '--target', target])),
    ...paper.map((model, i) => [...model, '--target', targets[i % targets.length]]),
  ];
  const special = [models[0], models[2], models.at(-3), models.at(-2), models.at(-1)].flatMap(model =>
    targets.flatMap(target => [
      ...goals.map(goal => [...model, '--target', target, '--optimize', goal]),
      [...model, '--target', target, '--consume-input'],
      [...model, '--target', target, '--order', 'demand', '--keep-channels'],
    ]),
  );
  const all = [...plain, ...special];
  return quick ? all.filter((_, i) => i % 12 === 0) : all;
}

/** Quantised weights of the demo, at 8 bits and with layers of 4 bits and int16 activations. */
const quantising = [
  ['q', []],
  ['q4', ['--weight-bits', '*.conv=4', '--activation-bits', '*.dw1=16']],
].map(([name, options]) => [
  'quantize',
  'examples/effnet-cifar10/model.ts',
  '--weights',
  'examples/effnet-cifar10/effnet_relu.npz',
  '--calibration',
  'examples/effnet-cifar10/data/calibration_images.npy',
  ...options,
  '-o',
  `compared/${name}.safetensors`,
]);

function git(...words) {
  return execFileSync('git', words, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 30 }).trim();
}

/** A built copy of a revision, or of the working tree. */
function checkOut(revision, directory) {
  mkdirSync(directory);
  if (revision === undefined) {
    const listed = git('ls-files', '--cached', '--others', '--exclude-standard').split('\n');
    for (const file of listed.filter(name => existsSync(join(root, name))))
      cpSync(join(root, file), join(directory, file));
  } else {
    const archive = execFileSync('git', ['archive', revision], { cwd: root, maxBuffer: 2 ** 30 });
    execFileSync('tar', ['-x', '-C', directory], { input: archive });
  }
  const lock = folder => readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (lock(directory) === lock(root)) symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  else execFileSync('npm', ['ci', '--silent'], { cwd: directory, stdio: 'inherit' });
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: directory, stdio: 'inherit' });
  mkdirSync(join(directory, 'compared'));
}

/** Runs effnetc in a checkout. */
function run(checkout, words) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['dist/cli/main.js', ...words, '--json'], { cwd: checkout });
    let errors = '';
    child.stderr.on('data', chunk => {
      errors += chunk;
    });
    child.stdout.resume();
    child.on('close', code => {
      // A budget that is exceeded, and a model that a target refuses, are results as well.
      if (code === 0 || code === 1 || code === 2) resolve({ code, errors });
      else reject(new Error(`effnetc ${words.join(' ')}: exit code ${code}\n${errors}`));
    });
  });
}

async function inParallel(jobs, width) {
  const queue = [...jobs];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) await job();
    }),
  );
}

/** All files below a folder, by their path. */
function filesBelow(folder) {
  if (!existsSync(folder)) return new Map();
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return new Map(
    found
      .map(entry => join(entry.parentPath, entry.name))
      .map(path => [relative(folder, path), readFileSync(path)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const work = mkdtempSync(join(tmpdir(), 'effnetc-compare-'));
try {
  const sides = { before: join(work, 'before'), after: join(work, 'after') };
  checkOut(before, sides.before);
  checkOut(after, sides.after);
  const commands = commandsIn(sides.before);
  for (const words of quantising) {
    for (const { code, errors } of await Promise.all(Object.values(sides).map(side => run(side, words)))) {
      if (code !== 0) throw new Error(`effnetc ${words.join(' ')}: exit code ${code}\n${errors}`);
    }
  }
  const outcomes = new Map();
  const jobs = commands.flatMap((words, i) =>
    Object.entries(sides).map(([name, side]) => async () => {
      const out = `compared/${String(i).padStart(3, '0')}`;
      const { code } = await run(side, ['compile', ...words, '-o', out]);
      outcomes.set(`${i} ${name}`, code);
    }),
  );
  await inParallel(jobs, availableParallelism());

  const problems = commands.flatMap((words, i) => {
    const [a, b] = ['before', 'after'].map(name => outcomes.get(`${i} ${name}`));
    return a === b ? [] : [`effnetc compile ${words.join(' ')}: exit code ${a} before, ${b} after`];
  });
  let [count, bytes] = [0, 0];
  const hash = createHash('sha256');
  for (const folder of ['compared', 'test/golden/c']) {
    const [old, now] = Object.values(sides).map(side => filesBelow(join(side, folder)));
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const [a, b] = [old.get(name), now.get(name)];
      const title = `${folder}/${name}`;
      // New golden files belong to what is new.
      if (a === undefined && folder !== 'compared') continue;
      if (a === undefined || b === undefined) problems.push(`${title}: only ${a === undefined ? 'after' : 'before'}`);
      else if (!a.equals(b)) {
        const [left, right] = [a, b].map(text => text.toString('latin1').split('\n'));
        const line = left.findIndex((text, i) => text !== right[i]);
        problems.push(`${title}:${line + 1}\n    before: ${left[line]}\n    after:  ${right[line]}`);
      }
      if (b === undefined) continue;
      count++;
      bytes += b.length;
      hash.update(`${title}\n`).update(b);
    }
  }
  const made = [...outcomes.values()].filter(code => code === 0).length / 2;
  console.log(`${commands.length} compilations of each side, ${made} of them with C; ${count} files, ${bytes} bytes`);
  console.log(`SHA-256 of all: ${hash.digest('hex')}`);
  for (const [i, words] of commands.entries()) {
    if (outcomes.get(`${i} after`) !== 0) console.log(`refused: effnetc compile ${words.join(' ')}`);
  }
  for (const problem of problems) console.log(`different: ${problem}`);
  console.log(problems.length === 0 ? 'every byte is the same' : `${problems.length} differences`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(work, { recursive: true });
}
