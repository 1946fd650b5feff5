import type { NodeSite } from '../site.js';

/** Makes nodes of one operator, and says with {@link NodeSite.bind} what its results are. @throws CompileError, Unknowable */
export type Translation = (site: NodeSite) => void;
