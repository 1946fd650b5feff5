import { maxCandidates, nearestOf } from '../../diagnostics/nearest.js';
import { quoteName } from '../arrays/quote.js';
import type { FileTensor } from './weights-file.js';

/** Prefixes such as `model.` or `effnet/backbone/` may be this many parts long. */
const maxPrefixParts = 6;

/** Parts of a name: `.`, `/` and `:` separate them; TensorFlow's output index `:0` at the end is none. */
function partsOf(name: string): string[] {
  return name.replace(/:0$/, '').split(/[./:]/);
}

/** Separators are equal to each other. */
function exactKey(parts: readonly string[]): string {
  return parts.join('.');
}

/** In the op's part of the name they are equal to `_` as well: the op `block1.pw` is Keras' layer `block1_pw`. */
function looseKey(parts: readonly string[]): string {
  return `${parts.slice(0, -1).join('_')}.${parts.at(-1)}`;
}

/**
 * Ways in which a name in a file can be the wanted one, strongest first: equal but for separators; equal with `_` as a
 * separator; the same after 1, 2, ... leading parts are dropped.
 */
export const matchLevels: readonly number[] = Array.from({ length: 2 + maxPrefixParts }, (_, level) => level);
/** At these levels the whole name matches, without a prefix. */
export const wholeNameLevels: readonly number[] = [0, 1];

/** The tensors of a file, to be found by name at each of the levels of {@link matchLevels}. */
export class TensorNames {
  private readonly levels: readonly Map<string, FileTensor[]>[] = matchLevels.map(() => new Map());

  constructor(tensors: Iterable<FileTensor>) {
    for (const tensor of tensors) {
      const parts = partsOf(tensor.name);
      this.put(0, exactKey(parts), tensor);
      // A parameter has an op part and a suffix, so two parts stay at least.
      for (let drop = 0; drop <= maxPrefixParts && parts.length - drop >= 2; drop++) {
        this.put(1 + drop, looseKey(parts.slice(drop)), tensor);
      }
    }
  }

  private put(level: number, key: string, tensor: FileTensor): void {
    const tensors = this.levels[level].get(key);
    if (tensors === undefined) this.levels[level].set(key, [tensor]);
    else tensors.push(tensor);
  }

  find(level: number, wanted: string): readonly FileTensor[] {
    const parts = partsOf(wanted);
    return this.levels[level].get(level === 0 ? exactKey(parts) : looseKey(parts)) ?? [];
  }
}

/** PyTorch counts batches in each batch norm; the count has no part in inference. */
export function isIgnored(name: string): boolean {
  return partsOf(name).at(-1) === 'num_batches_tracked';
}

/** The hint for a missing tensor: the name in the file that is most like one of the wanted names, if any is like it. */
export function nearestHint(wanted: readonly string[], present: readonly string[]): string | undefined {
  const keyOf = (name: string): string => exactKey(partsOf(name));
  const byKey = new Map(present.slice(0, maxCandidates).map(name => [keyOf(name), name]));
  const nearest = byKey.get(nearestOf(wanted.map(keyOf), byKey.keys()) ?? '');
  return nearest === undefined ? undefined : `the file has ${quoteName(nearest)}: if that is it, rename one of the two`;
}
