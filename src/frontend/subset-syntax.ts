import { ts } from 'ts-morph';

const { SyntaxKind: K } = ts;

/** What to write instead of a piece of syntax that models do not have. */
export interface Rejection {
  /** As it reads in "... is not part of the model language". */
  readonly what: string;
  readonly hint: string;
}

const reject = (what: string, hint: string): Rejection => ({ what, hint });

const noClass = 'use plain functions and objects';
const noLoop = 'loop over an array: `for (const x of [1, 2, 3])`, or Array.from({ length: n }, (_, i) => ...)';
const noAsync = 'a model is a plain description: nothing in it waits';
const noThrow = 'leave it out: effnetc reports what does not fit';
const noBitwise = 'use arithmetic, such as Math.floor(x / 2)';
const noExport = 'write `export` before the declaration';
const noGeneric = 'write the types out: a model needs no type-level programming';

/** Kinds of syntax with advice of their own. Whatever stands neither here nor among the allowed kinds is refused, too. */
export const rejectedKinds: ReadonlyMap<ts.SyntaxKind, Rejection> = new Map<ts.SyntaxKind, Rejection>([
  [K.WhileStatement, reject('a while loop', noLoop)],
  [K.DoStatement, reject('a do loop', noLoop)],
  [K.ForStatement, reject('a for loop with a counter', noLoop)],
  [K.ForInStatement, reject('for...in', 'use `for (const [key, value] of Object.entries(object))`')],
  [K.BreakStatement, reject('break', 'choose the elements first, with .slice or .filter')],
  [K.ContinueStatement, reject('continue', 'choose the elements first, with .filter, or use if')],
  [K.LabeledStatement, reject('a label', 'choose the elements first, with .slice or .filter')],
  [K.SwitchStatement, reject('switch', 'use if and else, or look the case up in an object')],
  [K.ThrowStatement, reject('throw', noThrow)],
  [K.TryStatement, reject('try', noThrow)],
  [K.DebuggerStatement, reject('debugger', 'a model is not executed')],
  [K.WithStatement, reject('with', 'use destructuring')],
  [K.ClassDeclaration, reject('a class', noClass)],
  [K.ClassExpression, reject('a class', noClass)],
  [K.EnumDeclaration, reject('an enum', 'use a constant object')],
  [K.ModuleDeclaration, reject('a namespace', 'use a module and import it')],
  [K.ImportEqualsDeclaration, reject('import =', "use `import { conv } from 'effnetc'`")],
  [K.NamespaceImport, reject('import *', "import what you need by name: `import { conv } from 'effnetc'`")],
  [K.ExportDeclaration, reject('an export list', noExport)],
  [K.NamespaceExport, reject('export *', noExport)],
  [K.NewExpression, reject('new', 'use array and object literals; Array.from makes an array of a given length')],
  [K.ThisKeyword, reject('this', noClass)],
  [K.SuperKeyword, reject('super', noClass)],
  [K.MetaProperty, reject('a meta property', 'a model has no surroundings to ask about')],
  [K.AwaitExpression, reject('await', noAsync)],
  [K.AwaitKeyword, reject('await', noAsync)],
  [K.AsyncKeyword, reject('async', noAsync)],
  [K.YieldExpression, reject('yield', 'return an array')],
  [K.RegularExpressionLiteral, reject('a regular expression', 'compare strings, or use .includes and .startsWith')],
  [K.BigIntLiteral, reject('a BigInt', 'use a number')],
  [K.TaggedTemplateExpression, reject('a tagged template', 'call a function')],
  [K.TypeOfExpression, reject('typeof', 'pass an option that says which case it is')],
  [K.DeleteExpression, reject('delete', 'values do not change: build a new object')],
  [K.VoidExpression, reject('void', 'write undefined')],
  [K.QuestionDotToken, reject('?.', 'use a default: `options.bias ?? true`')],
  [K.MethodDeclaration, reject('a method', 'write a property with an arrow function: `name: x => ...`')],
  [K.GetAccessor, reject('a getter', 'compute the value when the object is made')],
  [K.SetAccessor, reject('a setter', 'values do not change: build a new object')],
  [K.Decorator, reject('a decorator', noClass)],
  [K.DeclareKeyword, reject('declare', 'everything that a model uses is imported or defined')],
  [K.TypeParameter, reject('a type parameter', noGeneric)],
  [K.ConditionalType, reject('a conditional type', noGeneric)],
  [K.MappedType, reject('a mapped type', noGeneric)],
  [K.TemplateLiteralType, reject('a template literal type', noGeneric)],
  [K.ImportType, reject('an import type', "import the type by name: `import type { Tensor } from 'effnetc'`")],
  [K.TypeAssertionExpression, reject('an assertion in angle brackets', 'write `x as T`')],
  [K.ImportKeyword, reject('import()', "import at the top of the file: `import { conv } from 'effnetc'`")],
]);

/** The model language, besides tokens. */
export const allowedKinds: ReadonlySet<ts.SyntaxKind> = new Set([
  K.SourceFile,
  // Modules and declarations
  K.ImportDeclaration,
  K.ImportClause,
  K.NamedImports,
  K.ImportSpecifier,
  K.ExportAssignment,
  K.VariableStatement,
  K.VariableDeclarationList,
  K.VariableDeclaration,
  K.FunctionDeclaration,
  K.Parameter,
  K.ObjectBindingPattern,
  K.ArrayBindingPattern,
  K.BindingElement,
  // Statements
  K.Block,
  K.IfStatement,
  K.ForOfStatement,
  K.ReturnStatement,
  K.ExpressionStatement,
  K.EmptyStatement,
  // Expressions
  K.Identifier,
  K.NumericLiteral,
  K.StringLiteral,
  K.NoSubstitutionTemplateLiteral,
  K.TemplateExpression,
  K.TemplateSpan,
  K.ArrayLiteralExpression,
  K.ObjectLiteralExpression,
  K.PropertyAssignment,
  K.ShorthandPropertyAssignment,
  K.ComputedPropertyName,
  K.SpreadAssignment,
  K.SpreadElement,
  K.OmittedExpression,
  K.PropertyAccessExpression,
  K.ElementAccessExpression,
  K.CallExpression,
  K.ParenthesizedExpression,
  K.ArrowFunction,
  K.FunctionExpression,
  K.PrefixUnaryExpression,
  // Only to be refused by its operator.
  K.PostfixUnaryExpression,
  K.BinaryExpression,
  K.ConditionalExpression,
  K.AsExpression,
  K.SatisfiesExpression,
  K.NonNullExpression,
  // Types
  K.TypeAliasDeclaration,
  K.InterfaceDeclaration,
  K.PropertySignature,
  K.TypeReference,
  K.ExpressionWithTypeArguments,
  K.HeritageClause,
  K.FunctionType,
  K.TypeLiteral,
  K.ArrayType,
  K.TupleType,
  K.NamedTupleMember,
  K.OptionalType,
  K.RestType,
  K.UnionType,
  K.IntersectionType,
  K.ParenthesizedType,
  K.TypeOperator,
  K.LiteralType,
  K.TypeQuery,
  K.IndexedAccessType,
]);

const strictEquality = 'compare with === or !==';

/** Binary operators that models do not have, with what to write instead. */
export const rejectedOperators: ReadonlyMap<ts.SyntaxKind, string> = new Map<ts.SyntaxKind, string>([
  [K.EqualsEqualsToken, strictEquality],
  [K.ExclamationEqualsToken, strictEquality],
  [K.AmpersandToken, noBitwise],
  [K.BarToken, noBitwise],
  [K.CaretToken, noBitwise],
  [K.LessThanLessThanToken, noBitwise],
  [K.GreaterThanGreaterThanToken, noBitwise],
  [K.GreaterThanGreaterThanGreaterThanToken, noBitwise],
  [K.CommaToken, 'write two statements'],
  [K.InKeyword, 'use a default: `options.bias ?? true`'],
  [K.InstanceOfKeyword, noClass],
]);

/** `=` and the assignments that compute, each with its operator. */
export const assignments: ReadonlyMap<ts.SyntaxKind, ts.SyntaxKind | undefined> = new Map([
  [K.EqualsToken, undefined],
  [K.PlusEqualsToken, K.PlusToken],
  [K.MinusEqualsToken, K.MinusToken],
  [K.AsteriskEqualsToken, K.AsteriskToken],
  [K.SlashEqualsToken, K.SlashToken],
  [K.PercentEqualsToken, K.PercentToken],
  [K.AsteriskAsteriskEqualsToken, K.AsteriskAsteriskToken],
]);

const noDom = 'a model is read, not executed: it cannot reach the system, the network or the clock';

/** Names of the world outside that TypeScript would call unknown, or would accept. */
export const rejectedGlobals: ReadonlyMap<string, string> = new Map([
  ...['process', 'console', 'globalThis', 'global', 'window', 'self', 'document', 'fetch', 'Buffer', 'performance'].map(
    name => [name, noDom] as const,
  ),
  ...['Date', 'crypto', 'setTimeout', 'setInterval', 'queueMicrotask', 'navigator', 'Intl', 'Atomics'].map(
    name => [name, noDom] as const,
  ),
  ['require', "write `import { conv } from 'effnetc'`"],
  ['module', 'write `export default defineModel(...)`'],
  ['exports', 'write `export default defineModel(...)`'],
  ['__dirname', noDom],
  ['__filename', noDom],
  ['eval', 'write the code itself'],
  ['Function', 'write an arrow function'],
  ['Promise', noAsync],
  ['Symbol', 'use a string'],
  ['Proxy', 'use a plain object'],
  ['Reflect', 'use Object.keys or Object.entries'],
  ['Map', 'use a plain object'],
  ['Set', 'use an array'],
  ['JSON', 'write the values as literals'],
  ['RegExp', 'compare strings, or use .includes and .startsWith'],
  ['arguments', 'use a rest parameter: `(...layers) => ...`'],
  ['NaN', 'no option of an op takes it'],
  ['Infinity', 'no option of an op takes it'],
]);
