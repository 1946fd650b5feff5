import type { Instruction } from './instruction.js';
import type { InstructionKind } from './kind.js';

/** Registers that an instruction uses, under one name each; flags are left aside. */
export interface RegisterUse {
  /** Written with what it computes or loads. */
  readonly writes: readonly string[];
  /** A base register that is moved on by the access. */
  readonly moves: readonly string[];
  /** Read for an address. */
  readonly address: readonly string[];
  /** Read and added to: of a multiplication that accumulates. */
  readonly accumulators: readonly string[];
  /** Read for anything else. */
  readonly reads: readonly string[];
  /** Words of a list between braces. */
  readonly listed: number;
}

const order = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'sl', 'fp', 'ip', 'sp', 'lr', 'pc'];
const aliases: Readonly<Record<string, string>> = { r10: 'sl', r11: 'fp', r12: 'ip', r13: 'sp', r14: 'lr', r15: 'pc' };
const registerName = /\b(?:r\d+|sl|fp|ip|sp|lr|pc|[sdq]\d+)\b/g;

const registersIn = (text: string): string[] => [...text.matchAll(registerName)].map(([name]) => aliases[name] ?? name);

/** `{r4-r6, lr}` as names, and how many words they have. */
function listIn(operands: string): { readonly names: readonly string[]; readonly words: number } {
  const [, list = ''] = /\{([^}]*)\}/.exec(operands) ?? [];
  const names = list.split(',').flatMap(part => {
    const [first, last = first] = registersIn(part);
    if (first === undefined || first === last) return first === undefined ? [] : [first];
    const core = order.indexOf(first);
    if (core >= 0) return order.slice(core, order.indexOf(last) + 1);
    const from = Number(first.slice(1));
    return Array.from({ length: Number(last.slice(1)) - from + 1 }, (_, i) => `${first[0]}${from + i}`);
  });
  const wordsOf: Readonly<Record<string, number>> = { d: 2, q: 4 };
  const words = names.reduce((sum, name) => sum + (/^[dq]\d/.test(name) ? (wordsOf[name[0]] ?? 1) : 1), 0);
  return { names, words };
}

/** Kinds whose operands are all read. */
const writesNothing: ReadonlySet<InstructionKind> = new Set([
  'branch',
  'branchConditional',
  'branchRegister',
  'call',
  'callRegister',
  'tableBranch',
  'store',
  'storeRegister',
  'storeDouble',
  'storeMultiple',
  'mveStore',
  'ifThen',
  'nop',
]);
/** Two destinations. */
const writesPair = /^(?:ldrd|[su]mull|[su]mlal|sml[as]ld|umaal|v(?:ml[as]l|rml|addlv))/;
/** What the destination has is added to: scalar sums of 64 bits, vectors, and sums over vectors. */
const accumulates =
  /^(?:[su]mlal|smlal[bt][bt]|sml[as]ldx?|umaal|v(?:mlas?|fmas?|fms|qr?dmla\w*|abav|mlal?va|ml[as]l?davax?|rml\w*ha\w*|addl?va)t?)$/;
const compares = /^(?:cmp|cmn|tst|teq|vcmp|vpt)/;
/** Keep a part of the destination. */
const inserts = /^(?:bfi|bfc|movt|vmovn|vqmovn|vq?r?shru?n|vsli|vsri)/;

/** What an instruction of a kind does with registers. */
export function registersOf(instruction: Instruction, kind: InstructionKind): RegisterUse {
  const { operands } = instruction;
  const mnemonic = instruction.mnemonic.replace(/\..*$/, '');
  const list = listIn(operands);
  const none = { writes: [], moves: [], address: [], accumulators: [], reads: [], listed: list.words };
  if (kind === 'loadMultiple' || kind === 'storeMultiple') {
    const base = /^v?(?:push|pop)/.test(mnemonic) ? ['sp'] : registersIn(operands.replace(/\{.*\}/, ''));
    const moves = base[0] === 'sp' || operands.includes('!') ? base : [];
    const transferred = kind === 'loadMultiple' ? { writes: list.names } : { reads: list.names };
    return { ...none, ...transferred, moves, address: base };
  }
  const [, inside = ''] = /\[([^\]]*)\]/.exec(operands) ?? [];
  const isAccess = /load|store/i.test(kind);
  const address = isAccess || kind === 'tableBranch' ? registersIn(inside) : [];
  const moves = isAccess && /\]!|\],/.test(operands) ? address.slice(0, 1) : [];
  const others = registersIn(isAccess ? operands.replace(/\[.*/, '') : operands);
  if (kind === 'mveLoad') return { ...none, writes: others.length === 0 ? list.names : others, moves, address };
  if (writesNothing.has(kind)) return { ...none, moves, address, reads: others.length === 0 ? list.names : others };
  if (compares.test(mnemonic)) return { ...none, reads: others };

  const writes = others.slice(0, writesPair.test(mnemonic) ? 2 : 1);
  const rest = others.slice(writes.length);
  if (accumulates.test(mnemonic)) return { ...none, writes, reads: rest, accumulators: writes };
  if (rest.length === 3) return { ...none, writes, reads: rest.slice(0, 2), accumulators: rest.slice(2) };
  const keeps = inserts.test(mnemonic) || readsItsResult(kind, mnemonic, others.length, operands);
  return { ...none, writes, moves, address, reads: keeps ? [...writes, ...rest] : rest };
}

/** `adds r0, #1` and `add r0, r1` mean r0 = r0 + ...; `mov`, `neg`, `uxtb` and the like read their source alone. */
function readsItsResult(kind: InstructionKind, mnemonic: string, registers: number, operands: string): boolean {
  if (kind === 'shift' || kind === 'alu') {
    const alone = /^(?:mov|mvn|neg|adr|clz|rev|rbit|cs|cinc|cinv|cneg|[su]bfx|[su]sat)/.test(mnemonic);
    return !alone && registers <= 2 && operands.split(',').length === 2;
  }
  return false;
}
