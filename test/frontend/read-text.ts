import path from 'node:path';
import { CompileError, type Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { Session } from '../../src/diagnostics/session.js';
import { readModel } from '../../src/frontend/read-model.js';
import type { SourceFiles } from '../../src/frontend/read-source.js';
import type { FloatGraph } from '../../src/ir/graph.js';
import { opTable } from '../../src/ops/index.js';

/** Files by path relative to the current directory, in place of the disk. */
export function memoryFiles(texts: Readonly<Record<string, string>>): SourceFiles {
  const bytes = new Map(
    Object.entries(texts).map(([file, text]) => [path.resolve(file), new TextEncoder().encode(text)]),
  );
  return {
    size: absolute => bytes.get(absolute)?.length ?? 'missing',
    read: absolute => bytes.get(absolute) ?? new Uint8Array(),
  };
}

export interface ReadResult {
  readonly graph?: FloatGraph;
  /** Errors and warnings, with the session's source texts for rendering. */
  readonly diagnostics: readonly Diagnostic[];
  readonly session: Session;
}

/** Reads `model.ts` with the given text; whatever is no CompileError is thrown on. */
export async function readText(
  source: string,
  others: Readonly<Record<string, string>> = {},
  typeCheckMilliseconds?: number,
): Promise<ReadResult> {
  const session = new Session();
  try {
    const files = memoryFiles({ 'model.ts': source, ...others });
    const graph = await readModel('model.ts', { ops: opTable, session, files, typeCheckMilliseconds });
    return { graph, diagnostics: session.diagnostics, session };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { diagnostics: error.diagnostics, session };
  }
}

/** A graph a line per node: `name = op(inputs) HxWxC`. */
export function brief({ nodes, output }: FloatGraph): string {
  const lines = nodes.map(({ name, op, inputs, type: { shape } }) => {
    return `${name} = ${op}(${inputs.join(', ')}) ${shape.height}x${shape.width}x${shape.channels}`;
  });
  return [...lines, `-> ${output}`].join('\n');
}

/** A whole model around statements that change `x` and end in an implicit `return x`. */
export function withBody(body: string, top = ''): string {
  return `import { activation, add, argmax, avgPool, batchNorm, binaryConv, conv, defineModel, dense, depthwiseConv, effnetBlock, flatten, input, maxPool, softmax, type Tensor } from 'effnetc';
${top}
export default defineModel('m', () => {
  let x = input({ height: 8, width: 8, channels: 4 });
${body}
  return x;
});
`;
}
