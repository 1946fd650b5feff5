import { readdirSync, readFileSync } from 'node:fs';
import { Project, ts } from 'ts-morph';

/** Where the vocabulary lives inside the TypeScript program. */
const vocabularyPath = '/effnetc';

// The package ships src/vocabulary, so that this path holds for src/frontend and for dist/frontend alike.
const vocabularyFolder = new URL('../../src/vocabulary/', import.meta.url);

let shared: Project | undefined;

/**
 * The one ts-morph project of the process: TypeScript's library is parsed once, later models cost some 20 ms. Its file
 * system is in memory and holds what effnetc has put there, so a model file reaches nothing on disk through it.
 */
export function sharedProject(): Project {
  shared ??= createProject();
  return shared;
}

/** Forgets the project: its state is unknown after TypeScript has run out of stack. */
export function dropProject(): void {
  shared = undefined;
}

function createProject(): Project {
  const project = new Project({
    useInMemoryFileSystem: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      // Nothing of node or the browser: a model sees the language and the vocabulary.
      lib: ['lib.es2022.d.ts'],
      types: [],
      paths: { effnetc: [`${vocabularyPath}/index.ts`] },
    },
  });
  for (const name of readdirSync(vocabularyFolder).filter(file => file.endsWith('.ts'))) {
    project.createSourceFile(`${vocabularyPath}/${name}`, readFileSync(new URL(name, vocabularyFolder), 'utf8'));
  }
  return project;
}
