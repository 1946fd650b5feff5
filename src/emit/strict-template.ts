import Handlebars from 'handlebars';
import { InternalError } from '../diagnostics/diagnostic.js';

/**
 * Handlebars' own strict mode checks `{{field}}` alone: in `{{#if field}}` or `{{hex field}}` a missing field passes as
 * undefined. So every field that a template mentions is wrapped into a call of one of these helpers, which are given
 * its name as written.
 */
export const checks = { required: 'required', printed: 'printed' } as const;

/** Passes a value on unless it is missing. Null passes: it says that something is absent on purpose. */
export function required(value: unknown, field: string): unknown {
  if (value === undefined) throw new InternalError(`the view has no field '${field}'`);
  return value;
}

/** A value as text. @throws InternalError for what has no obvious text: objects, null, booleans, NaN. */
export function printed(value: unknown, field: string): string {
  required(value, field);
  if (typeof value === 'string' || typeof value === 'bigint' || Number.isFinite(value)) return String(value);
  throw new InternalError(`the field '${field}' is ${value === null ? 'null' : typeof value}, which cannot be printed`);
}

const isField = (node: hbs.AST.Node): node is hbs.AST.PathExpression => node.type === 'PathExpression';

const isCall = (node: hbs.AST.Node): node is hbs.AST.SubExpression => node.type === 'SubExpression';

const textNode = (value: string, loc: hbs.AST.SourceLocation): hbs.AST.StringLiteral => ({
  type: 'StringLiteral',
  value,
  original: value,
  loc,
});

const helperNode = (name: string, loc: hbs.AST.SourceLocation): hbs.AST.PathExpression => ({
  type: 'PathExpression',
  data: false,
  depth: 0,
  parts: [name],
  original: name,
  loc,
});

function checkedParameter(node: hbs.AST.Expression): hbs.AST.Expression {
  if (isCall(node)) checkCall(node);
  if (!isField(node)) return node;
  const call: hbs.AST.SubExpression = {
    type: 'SubExpression',
    path: helperNode(checks.required, node.loc),
    params: [node, textNode(node.original, node.loc)],
    hash: { type: 'Hash', pairs: [], loc: node.loc },
    loc: node.loc,
  };
  return call;
}

interface Call {
  params: hbs.AST.Expression[];
  hash: hbs.AST.Hash | undefined;
}

function checkCall(call: Call): void {
  call.params = call.params.map(checkedParameter);
  for (const pair of call.hash?.pairs ?? []) pair.value = checkedParameter(pair.value);
}

function checkMustache(node: hbs.AST.MustacheStatement): void {
  if (!node.escaped) throw new InternalError('templates may not use {{{');
  if (node.params.length > 0 || !isField(node.path)) {
    checkCall(node);
  } else {
    node.params = [node.path, textNode(node.path.original, node.loc)];
    node.path = helperNode(checks.printed, node.loc);
  }
}

function checkBlock(block: hbs.AST.BlockStatement): void {
  checkCall(block);
  checkProgram(block.program);
  checkProgram(block.inverse);
}

function checkPartial(partial: hbs.AST.PartialStatement): void {
  if (isCall(partial.name)) checkCall(partial.name);
  checkCall(partial);
}

function checkStatement(node: hbs.AST.Statement): void {
  if (node.type === 'MustacheStatement') checkMustache(node as hbs.AST.MustacheStatement);
  else if (node.type === 'BlockStatement') checkBlock(node as hbs.AST.BlockStatement);
  else if (node.type === 'PartialStatement') checkPartial(node as hbs.AST.PartialStatement);
  else if (node.type !== 'ContentStatement' && node.type !== 'CommentStatement') {
    throw new InternalError(`templates may not use ${node.type}`);
  }
}

// The types promise an inverse for every block; the parser leaves it out where there is no {{else}}.
function checkProgram(program: hbs.AST.Program | undefined): void {
  for (const node of program?.body ?? []) checkStatement(node);
}

/** Parses a template, with a check around every field that it mentions. */
export function parseStrict(text: string): hbs.AST.Program {
  const program = Handlebars.parse(text);
  checkProgram(program);
  return program;
}
