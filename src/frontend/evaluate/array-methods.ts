import type { Arguments } from './arguments.js';
import { failAt } from './context.js';
import { text } from './operators.js';
import { type ArrayValue, array, isArray, type Slot, truthy, type Value } from './values.js';

export type ArrayMethod = (target: ArrayValue, args: Arguments) => Value;

/** Methods of arrays, as JavaScript has them; none of them changes its array. */
export const arrayMethods: ReadonlyMap<string, ArrayMethod> = new Map<string, ArrayMethod>([
  [
    'map',
    (target, args) =>
      made(
        args,
        target.elements.map(({ value }, i) => args.invoke(0, value, i, target)),
      ),
  ],
  ['flatMap', flatMap],
  [
    'filter',
    (target, args) =>
      madeOf(
        args,
        target.elements.filter(({ value }, i) => truthy(args.invoke(0, value, i, target))),
      ),
  ],
  ['some', (target, args) => target.elements.some(({ value }, i) => truthy(args.invoke(0, value, i, target)))],
  ['every', (target, args) => target.elements.every(({ value }, i) => truthy(args.invoke(0, value, i, target)))],
  ['find', (target, args) => target.elements.find(({ value }, i) => truthy(args.invoke(0, value, i, target)))?.value],
  ['reduce', reduce],
  ['entries', entries],
  ['slice', (target, args) => madeOf(args, target.elements.slice(args.optionalNumber(0), args.optionalNumber(1)))],
  ['concat', concat],
  ['at', at],
  ['includes', (target, args) => indexOf(target, args) >= 0],
  ['indexOf', indexOf],
  ['join', join],
  [
    'fill',
    (target, args) =>
      made(
        args,
        target.elements.map(() => args.value(0)),
      ),
  ],
]);

function madeOf({ context, site }: Arguments, elements: readonly Slot[]): ArrayValue {
  context.budget.arrayOf(elements.length, site);
  return { kind: 'array', elements };
}

function made(args: Arguments, values: readonly Value[]): ArrayValue {
  return madeOf(args, array(values, args.site).elements);
}

function flatMap(target: ArrayValue, args: Arguments): Value {
  const elements: Slot[] = [];
  target.elements.forEach(({ value, origin }, i) => {
    const result = args.invoke(0, value, i, target);
    const parts = isArray(result) ? result.elements : [{ value: result, origin }];
    args.context.budget.arrayOf(elements.length + parts.length, args.site);
    for (const part of parts) elements.push(part);
  });
  return { kind: 'array', elements };
}

function reduce(target: ArrayValue, args: Arguments): Value {
  const [first] = target.elements;
  const given = args.slots.length > 1;
  if (!given && first === undefined) {
    return failAt(args.context, args.site, 'E0110', '.reduce of an empty array has no result', {
      hint: 'give it a start value',
    });
  }
  const rest = given ? target.elements : target.elements.slice(1);
  const start = given ? args.value(1) : first?.value;
  return rest.reduce<Value>((folded, { value }, i) => args.invoke(0, folded, value, given ? i : i + 1, target), start);
}

function entries(target: ArrayValue, args: Arguments): Value {
  args.context.budget.arrayOf(2 * target.elements.length, args.site);
  return made(
    args,
    target.elements.map((slot, i) => ({ kind: 'array', elements: [{ value: i, origin: slot.origin }, slot] })),
  );
}

function concat(target: ArrayValue, args: Arguments): Value {
  const elements = [...target.elements];
  for (const slot of args.slots) {
    const parts = isArray(slot.value) ? slot.value.elements : [slot];
    args.context.budget.arrayOf(elements.length + parts.length, args.site);
    for (const part of parts) elements.push(part);
  }
  return madeOf(args, elements);
}

/** Unlike JavaScript's, it has no answer for a place outside the array. */
function at(target: ArrayValue, args: Arguments): Value {
  const index = args.number(0);
  const found = target.elements.at(index);
  if (found === undefined || !Number.isInteger(index)) {
    return failAt(
      args.context,
      args.site,
      'E0110',
      `there is no element ${index} in an array of length ${target.elements.length}`,
    );
  }
  return found.value;
}

function indexOf(target: ArrayValue, args: Arguments): number {
  args.context.budget.spend(target.elements.length, args.site);
  return target.elements.findIndex(({ value }) => value === args.value(0));
}

function join(target: ArrayValue, args: Arguments): Value {
  const separator = args.value(0) === undefined ? ',' : args.string(0);
  let result = '';
  target.elements.forEach(({ value, origin }, i) => {
    result += (i === 0 ? '' : separator) + text(value, origin, args.context);
    args.context.budget.stringOf(result.length, args.site);
    args.context.budget.spend(1, args.site);
  });
  return result;
}
