import path from 'node:path';
import { type Project, ts } from 'ts-morph';
import { fail } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { readSource, type SourceFiles } from './read-source.js';
import type { SourceContext } from './source-context.js';

/** A source file of a model and the files that it imports. */
export interface Module {
  readonly sourceFile: ts.SourceFile;
  /** By specifier, as in `./blocks.js`. */
  readonly imports: ReadonlyMap<string, Module>;
}

const maxModules = 64;

/** The specifier of effnetc's own vocabulary. */
export const vocabularySpecifier = 'effnetc';

/**
 * Reads a model file and the files that it imports into the project.
 * @param modelPath as the user gave it, relative to the current directory
 * @returns all modules, each after those that it imports; the model file is the last one
 * @throws CompileError E0101, E0104, E0105, E0106
 */
export function loadModules(
  modelPath: string,
  project: Project,
  sources: SourceContext,
  files: SourceFiles,
): readonly Module[] {
  const ordered: Module[] = [];
  const done = new Map<string, Module>();
  /** Modules whose imports are being loaded, from the model file inwards. */
  const open = new Map<string, string>();

  const load = (absolute: string, shown: string, importedAt: Span | undefined): Module => {
    const known = done.get(absolute);
    if (known !== undefined) return known;
    if (open.has(absolute)) failCycle([...open.values()], shown, importedAt);
    if (done.size + open.size >= maxModules) {
      fail('E0106', `the model has more than ${maxModules} files`, { span: importedAt, hint: 'merge some of them' });
    }
    const text = readSource(files, absolute, shown, importedAt);
    const internal = internalPath(absolute);
    sources.register(internal, shown, text);
    const { compilerNode: sourceFile } = project.createSourceFile(internal, text, { overwrite: true });

    open.set(absolute, shown);
    const imports = new Map<string, Module>();
    for (const specifier of importSpecifiers(sourceFile)) {
      if (specifier.text === vocabularySpecifier) continue;
      const target = checkSpecifier(specifier, sources.span(specifier), candidate =>
        Number.isInteger(files.size(path.resolve(path.dirname(absolute), candidate))),
      );
      const directory = path.dirname(shown);
      imports.set(
        specifier.text,
        load(
          path.resolve(path.dirname(absolute), target),
          slashes(path.normalize(path.join(directory, target))),
          sources.span(specifier),
        ),
      );
    }
    open.delete(absolute);

    const module = { sourceFile, imports };
    done.set(absolute, module);
    ordered.push(module);
    return module;
  };

  load(path.resolve(modelPath), slashes(modelPath), undefined);
  return ordered;
}

function importSpecifiers(sourceFile: ts.SourceFile): readonly ts.StringLiteral[] {
  return sourceFile.statements
    .filter(ts.isImportDeclaration)
    .map(statement => statement.moduleSpecifier)
    .filter(ts.isStringLiteral);
}

/**
 * The file that a specifier names, with TypeScript's convention that `.js` stands for the `.ts` beside it.
 * @param exists is there a file of this relative path? A hint offers no other.
 */
function checkSpecifier({ text }: ts.StringLiteral, span: Span, exists: (file: string) => boolean): string {
  const relative = text.startsWith('./') || text.startsWith('../');
  if (!relative) {
    fail('E0104', `a model cannot import '${text}'`, {
      span,
      hint: "import from 'effnetc', and from files of your own by a relative path such as './blocks.js'",
    });
  }
  if (!/\.[jt]s$/.test(text)) {
    const stem = [text, text.replace(/\.\w+$/, '')].find(name => exists(`${name}.ts`));
    const hint = stem === undefined ? "name a file of your own, as in './blocks.js'" : `write '${stem}.js'`;
    fail('E0104', `'${text}' does not end in .ts or .js`, { span, hint });
  }
  return text.replace(/\.js$/, '.ts');
}

/** @param open the files being loaded, each imported by the one before; `shown` is among them */
function failCycle(open: readonly string[], shown: string, span: Span | undefined): never {
  const circle = [...open.slice(Math.max(open.indexOf(shown), 0)), shown];
  fail('E0105', `'${shown}' is imported by a file that it imports itself`, {
    span,
    notes: [circle.join(' -> ')],
    hint: 'move what both files need into a third one',
  });
}

/** Two models never share a name inside the program, and a drive letter of Windows does no harm. */
function internalPath(absolute: string): string {
  return `/model/${slashes(absolute).replace(/[:?#%]/g, '_')}`.replace(/\/+/g, '/');
}

function slashes(file: string): string {
  return file.replaceAll('\\', '/');
}
