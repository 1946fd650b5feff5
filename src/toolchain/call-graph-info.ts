/** What GCC says of the stack of one function. */
export interface CompiledFrame {
  /** With `dynamic`, the part that is known. */
  readonly bytes: number;
  /** The frame grows at run time, by an amount that the compiler does not bound. */
  readonly dynamic: boolean;
  readonly callsIndirectly: boolean;
}

/** Frames by the symbol of their function. */
export type CompiledFrames = ReadonlyMap<string, CompiledFrame>;

const none: CompiledFrame = { bytes: 0, dynamic: false, callsIndirectly: false };

/**
 * Reads what `-fcallgraph-info=su` wrote, in VCG, a file for each object:
 *
 *     node: { title: "net.c:run" label: "run\nnet.c:12:13\n112 bytes (static)" }
 *     edge: { sourcename: "net.c:run" targetname: "__indirect_call" label: "net.c:20:5" }
 *
 * Titles are assembler names, those of static functions behind the name of their file. Qualifiers of a frame are `static`,
 * `dynamic` and `dynamic,bounded`: where the last stands, the bytes are an upper bound of it all. Source: Using the GNU
 * Compiler Collection (GCC 12), "Developer Options", -fcallgraph-info and -fstack-usage.
 *
 * Static functions of the same name in two files become one, the worse of both.
 */
export function parseCallGraphs(texts: readonly string[]): CompiledFrames {
  const frames = new Map<string, CompiledFrame>();
  const worsen = (title: string, { bytes, dynamic, callsIndirectly }: CompiledFrame): void => {
    const symbol = title.slice(title.lastIndexOf(':') + 1);
    const known = frames.get(symbol) ?? none;
    frames.set(symbol, {
      bytes: Math.max(known.bytes, bytes),
      dynamic: known.dynamic || dynamic,
      callsIndirectly: known.callsIndirectly || callsIndirectly,
    });
  };
  for (const text of texts) {
    for (const [, title = '', bytes, qualifiers] of text.matchAll(
      /^node: \{ title: "([^"]+)" label: "[^"]*\\n(\d+) bytes \(([a-z,]+)\)/gm,
    )) {
      worsen(title, { ...none, bytes: Number(bytes), dynamic: !/^static$|,bounded$/.test(qualifiers ?? '') });
    }
    for (const [, title = ''] of text.matchAll(/^edge: \{ sourcename: "([^"]+)" targetname: "__indirect_call"/gm)) {
      worsen(title, { ...none, callsIndirectly: true });
    }
  }
  return frames;
}
