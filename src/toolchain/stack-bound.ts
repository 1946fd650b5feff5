import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from './build-firmware.js';
import { disassemble, type MachineFunction, parseDisassembly } from './disassembly.js';

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
 * Titles are assembler names, those of static functions after the name of their file. Qualifiers of a frame are `static`,
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

/** A function on the deepest path, and its frame. */
export type StackFrame = {
  readonly function: string;
  readonly bytes: number;
};

/** How deep a call can go: in bytes with the path that goes there, or why that cannot be said. */
export type StackBound =
  | { readonly kind: 'bounded'; readonly bytes: number; readonly path: readonly StackFrame[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * The most stack that a call of any of `entries` takes, on any path of the call graph; exceptions and interrupts come on
 * top.
 *
 * Who calls whom comes from the instructions of the linked image: calls of library functions, which the linker resolved,
 * and jumps to other functions are in it. A frame is the larger of what the compiler says and of what the instructions push; for
 * assembler, such as libgcc's, there are only the instructions. What a tail call gives back first is not taken off: the
 * bound may be larger than need be, and never smaller.
 *
 * What it does not see: assembler statements that lower the stack pointer by the value of a register.
 */
export function stackBound(
  functions: readonly MachineFunction[],
  frames: CompiledFrames,
  entries: readonly string[],
): StackBound {
  const walk = new Walk(functions, frames);
  const bounds = entries.map(entry => walk.from(entry));
  return bounds.reduce(worse);
}

/** Unknown is worse than any number; otherwise the first of the deepest. */
function worse(a: StackBound, b: StackBound): StackBound {
  if (a.kind === 'unknown' || b.kind === 'unknown') return a.kind === 'unknown' ? a : b;
  return b.bytes > a.bytes ? b : a;
}

const unknown = (reason: string): StackBound => ({ kind: 'unknown', reason });

class Walk {
  private readonly done = new Map<MachineFunction, StackBound>();
  private readonly open: MachineFunction[] = [];

  constructor(
    private readonly functions: readonly MachineFunction[],
    private readonly frames: CompiledFrames,
  ) {}

  from(entry: string): StackBound {
    const start = this.functions.find(f => f.name === entry);
    return start === undefined ? unknown(`${entry} is not in the image`) : this.visit(start);
  }

  private visit(at: MachineFunction): StackBound {
    const known = this.done.get(at);
    if (known !== undefined) return known;
    if (this.open.includes(at)) {
      const cycle = [...this.open.slice(this.open.indexOf(at)), at].map(f => f.name);
      return unknown(`recursion: ${cycle.join(' calls ')}`);
    }
    this.open.push(at);
    const bound = this.boundOf(at);
    this.open.pop();
    this.done.set(at, bound);
    return bound;
  }

  private boundOf(at: MachineFunction): StackBound {
    const frame = this.frameOf(at);
    if (typeof frame === 'string') return unknown(frame);
    const callees = this.targetsOf(at).map(target => {
      const callee = this.functions.find(f => f.address <= target && target < f.end);
      return callee === undefined
        ? unknown(`${at.name} calls 0x${target.toString(16)}, which is no code of the image`)
        : this.visit(callee);
    });
    const deepest = callees.reduce(worse, { kind: 'bounded', bytes: 0, path: [] });
    if (deepest.kind === 'unknown') return deepest;
    return {
      kind: 'bounded',
      bytes: frame + deepest.bytes,
      path: [{ function: at.name, bytes: frame }, ...deepest.path],
    };
  }

  private targetsOf({ name, targets, fallsInto, endsInCall }: MachineFunction): readonly number[] {
    // What a compiler ends with a call does not come back from it; assembler may run on into the next symbol.
    const runsOn = fallsInto !== undefined && !(endsInCall && this.frames.has(name));
    return runsOn ? [...targets, fallsInto] : targets;
  }

  /** Bytes, or why they are not known. */
  private frameOf(at: MachineFunction): number | string {
    const compiled = this.frames.get(at.name);
    const { name, pushedBytes, pushInLoop, unknownPush, indirectCall, computedJump, callWithin } = at;
    if (indirectCall !== undefined) return `${name} calls through a pointer (${indirectCall})`;
    if (compiled?.callsIndirectly === true) return `${name} calls through a pointer`;
    if (compiled?.dynamic === true)
      return `the frame of ${name} grows at run time (alloca, or an array of variable length)`;
    // Within its frame, the compiler knows what its instructions do.
    if (compiled !== undefined && pushedBytes <= compiled.bytes) return compiled.bytes;
    if (pushInLoop !== undefined) return `${name} pushes in a loop (${pushInLoop})`;
    if (compiled !== undefined) return pushedBytes;
    const unseen = unknownPush ?? computedJump ?? callWithin;
    return unseen === undefined ? pushedBytes : `${name} is assembler that cannot be followed (${unseen})`;
  }
}

/**
 * Bounds the stack of a build's model, from what was really built and linked.
 *
 * @param build for measurement, on a board
 * @param entries what a product calls
 */
export async function boundStack(build: Build, entries: readonly string[], directory: string): Promise<StackBound> {
  const listing = await disassemble(build);
  const graphs = build.callGraphs.map(file => readFileSync(join(directory, file), 'utf8'));
  return stackBound(parseDisassembly(listing), parseCallGraphs(graphs), entries);
}
