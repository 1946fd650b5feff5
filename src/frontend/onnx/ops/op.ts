import type { NodeContext } from '../context.js';

/** Makes nodes of one operator, and says with {@link NodeContext.bind} what its results are. @throws CompileError, Unknowable */
export type Translation = (context: NodeContext) => void;
