import type { Instruction } from './instruction.js';

/** Kinds of instructions that timing tables tell apart. */
export const instructionKinds = [
  'alu',
  'shift',
  'extend',
  'dsp',
  'dspMultiply',
  'multiply',
  'multiplyAccumulate',
  'multiplyLong',
  'multiplyAccumulateLong',
  'divide',
  'load',
  'loadNarrow',
  'loadDouble',
  'loadMultiple',
  'store',
  'storeRegister',
  'storeDouble',
  'storeMultiple',
  'branch',
  'branchConditional',
  'branchRegister',
  'call',
  'callRegister',
  'tableBranch',
  'loop',
  'loopStart',
  'ifThen',
  'nop',
  'system',
  'mveLoad',
  'mveStore',
  'mveInteger',
  'mveMultiply',
  'mveControl',
  'float',
  'unknown',
] as const;

export type InstructionKind = (typeof instructionKinds)[number];

const condition = '(?:eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)?';
const named = (names: string): RegExp => new RegExp(`^(?:${names})${condition}$`);

/**
 * Mnemonics without `.n`, `.w` and types of elements, the first match counts. Source: Arm Architecture Reference Manuals for
 * Armv6-M (DDI 0419), Armv7-M (DDI 0403) and Armv8-M (DDI 0553), "Alphabetical list of instructions".
 */
const scalar: readonly (readonly [InstructionKind, RegExp])[] = [
  ['branch', named('b')],
  ['branchConditional', /^cbn?z$/],
  ['call', named('bl')],
  ['callRegister', named('blx(?:ns)?')],
  ['branchRegister', named('bx(?:ns)?')],
  ['tableBranch', named('tb[bh]')],
  ['loop', /^(?:let?p?|wlst?p?)$/],
  ['loopStart', /^(?:dlst?p?|lctp)$/],
  ['ifThen', /^it[te]{0,3}$/],
  ['nop', named('nop')],
  ['shift', named('(?:lsl|lsr|asr|ror|rrx)s?|asrl|lsll|lsrl|[su]q?r?sh[lr]l?')],
  ['extend', named('[su]xt[bh]')],
  [
    'alu',
    named(
      '(?:add|adc|sub|sbc|rsb|and|orr|orn|eor|bic|mov|mvn|neg)s?|addw|subw|movw|movt|cmp|cmn|tst|teq|adr|bfc|bfi|[su]bfx|clz|' +
        'rbit|rev|rev16|revsh|[su]sat|cs(?:el|inc|inv|neg)|csetm?|cinc|cinv|cneg',
    ),
  ],
  ['multiply', named('muls?')],
  ['multiplyAccumulate', named('mla|mls')],
  ['multiplyLong', named('[su]mull')],
  ['multiplyAccumulateLong', named('[su]mlal')],
  ['divide', named('[su]div')],
  [
    'dspMultiply',
    named(
      'sml[as](?:[bt][bt]|w[bt]|dx?)|smul(?:[bt][bt]|w[bt])|smu[as]dx?|smm(?:la|ls|ul)r?|smlal[bt][bt]|sml[as]ldx?|umaal',
    ),
  ],
  [
    'dsp',
    named(
      '(?:[su]h?|u?q)(?:add8|add16|sub8|sub16|asx|sax)|qd?(?:add|sub)|sel|pkh(?:bt|tb)|[su]xta(?:b|h|b16)|[su]xtb16|' +
        '[su]sat16|usada?8',
    ),
  ],
  ['loadDouble', named('ldrd')],
  ['loadMultiple', named('ldm(?:ia|db|fd|ea)?|pop')],
  ['loadNarrow', named('ldrs?[bh]t?')],
  ['load', named('ldrt?|ldrex[bh]?|lda(?:ex)?[bh]?')],
  ['storeDouble', named('strd')],
  ['storeMultiple', named('stm(?:ia|db|fd|ea)?|push')],
  ['store', named('str[bh]?t?|strex[bh]?|stlr?(?:ex)?[bh]?')],
  [
    'system',
    named('[id][ms]b|p?ssbb|csdb|mrs|msr|cps(?:ie|id)|svc|bkpt|udf|sev|wf[ei]|yield|clrex|pl[di]|sg|tta?t?|clrm'),
  ],
];

/** Where vectors of the M-profile Vector Extension are among the operands, or predicates of theirs. */
const vector: readonly (readonly [InstructionKind, RegExp])[] = [
  ['mveControl', /^v(?:pst|pnot|ctp)/],
  ['mveLoad', /^v(?:ldr[bhwd]|ld[24])/],
  ['mveStore', /^v(?:str[bhwd]|st[24])/],
  // Comparisons, sums and moves of lanes go through the pipeline of the multiplier, too.
  ['mveMultiply', /^v(?:(?:q|r|d)*m(?:ul|l[as])|fm[as]|cm(?:ul|la)|addl?v|cmp|pt)/],
  ['mveInteger', /^v/],
];

const scalarFloat: readonly (readonly [InstructionKind, RegExp])[] = [
  ['loadMultiple', /^v(?:ldm|pop)/],
  ['storeMultiple', /^v(?:stm|push)/],
  ['load', /^vldr/],
  ['store', /^vstr/],
  ['float', /^v/],
];

const shifted = /,\s*(?:(?:lsl|lsr|asr|ror)\s|rrx)/;

/** What kind of instruction it is, conditions and widths left aside. */
export function kindOf({ mnemonic, operands }: Instruction): InstructionKind {
  const name = mnemonic.replace(/\..*$/, '');
  const isVector = /\bq\d/.test(operands) || /^v(?:p|ctp)(?!op|ush)/.test(name);
  const rules = !name.startsWith('v') ? scalar : isVector ? vector : scalarFloat;
  const kind = rules.find(([, pattern]) => pattern.test(name))?.[0] ?? 'unknown';
  if (kind === 'branch' && name !== 'b') return 'branchConditional';
  if (kind === 'alu' && shifted.test(operands)) return 'shift';
  if (kind === 'store' && /\[[^\]#]+,[^\]#]+(?:,[^\]]*)?\]/.test(operands)) return 'storeRegister';
  return kind;
}
