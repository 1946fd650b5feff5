import type { Project } from 'ts-morph';
import { fail } from '../diagnostics/diagnostic.js';
import type { Session } from '../diagnostics/session.js';
import type { FloatGraph } from '../ir/graph.js';
import type { OpDefinition } from '../ops/op.js';
import { blockTable } from './blocks/index.js';
import { checkSubset } from './check-subset.js';
import { checkSyntax, checkTypes } from './check-types.js';
import { failAt } from './evaluate/context.js';
import { createContext, evaluateModules } from './evaluate/evaluator.js';
import { Network } from './evaluate/network.js';
import { describe, isModel, isTensor } from './evaluate/values.js';
import { createVocabulary } from './evaluate/vocabulary.js';
import { loadModules, type Module } from './load-modules.js';
import { dropProject, sharedProject } from './project.js';
import { diskFiles, type SourceFiles } from './read-source.js';
import { SourceContext } from './source-context.js';
import { TimeLimitError } from './time-limit.js';

export interface ReadModelOptions {
  /** The op table: what a model may call, besides blocks. */
  readonly ops: ReadonlyMap<string, OpDefinition>;
  /** Gets the source texts and the warnings; after an error also what was found with it. */
  readonly session: Session;
  /** Left out: the disk. */
  readonly files?: SourceFiles | undefined;
  /** Bound on type checking, which takes 0.03 to 1 s; default 20,000. Only a hostile model ever meets it. */
  readonly typeCheckMilliseconds?: number | undefined;
}

/** Reads a model as `readModel` does, once ts-morph is loaded: load, check syntax, check subset, check types, evaluate, build. */
export function readModelNow(modelPath: string, options: ReadModelOptions): FloatGraph {
  const project = sharedProject();
  const before = new Set(project.getSourceFiles());
  try {
    return read(modelPath, project, options);
  } catch (error) {
    return failHostile(error, modelPath.replaceAll('\\', '/'));
  } finally {
    for (const file of project.getSourceFiles()) if (!before.has(file)) project.removeSourceFile(file);
  }
}

/** What a hostile file can do to TypeScript, whose project is in an unknown state then. Other errors pass. */
function failHostile(error: unknown, shown: string): never {
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    dropProject();
    fail('E0107', `${shown} is nested too deeply to be read`, { hint: 'split long expressions up' });
  }
  if (error instanceof TimeLimitError) {
    dropProject();
    fail('E0107', `the types of ${shown} take too long to check`, {
      notes: [`TypeScript had ${error.message}`],
      hint: 'look for unions or tuples that grow from line to line',
    });
  }
  throw error;
}

function read(
  modelPath: string,
  project: Project,
  { ops, session, files = diskFiles, typeCheckMilliseconds = 20_000 }: ReadModelOptions,
): FloatGraph {
  const sources = new SourceContext(session);
  const modules = loadModules(modelPath, project, sources, files);
  checkSyntax(modules, project, sources, session);
  session.stopOnErrors();
  for (const module of modules) checkSubset(module, sources, session);
  session.stopOnErrors();
  checkTypes(modules, project, sources, session, typeCheckMilliseconds);
  session.stopOnErrors();
  return evaluate(modules, sources, { ops, session });
}

function evaluate(modules: readonly Module[], sources: SourceContext, { ops, session }: ReadModelOptions): FloatGraph {
  const context = createContext(sources);
  let network: Network | undefined;
  const vocabulary = createVocabulary({ ops, blocks: blockTable, context, network: () => network });
  const model = evaluateModules(modules, vocabulary, context);
  if (!isModel(model)) return failWithoutModel(modules, sources, model === undefined ? undefined : describe(model));

  network = new Network(context);
  const result = context.build(model.build, model.site);
  if (!isTensor(result)) {
    return failAt(
      context,
      model.site,
      'E0113',
      `model '${model.name}' returns ${describe(result)} instead of a tensor`,
      {
        hint: 'return the tensor of the last layer',
      },
    );
  }
  return network.finish(model.name, result.node, model.site, session);
}

function failWithoutModel(modules: readonly Module[], sources: SourceContext, found: string | undefined): never {
  const sourceFile = modules.at(-1)?.sourceFile;
  const exported = sourceFile?.statements.find(statement => statement.getText(sourceFile).startsWith('export default'));
  const span =
    exported !== undefined
      ? sources.span(exported)
      : sourceFile === undefined
        ? undefined
        : sources.spanAt(sourceFile, 0, 1);
  return fail(
    'E0111',
    found === undefined ? 'this file exports no model' : `the default export is ${found}, not a model`,
    { span, hint: "write `export default defineModel('my_model', () => ...)`" },
  );
}
