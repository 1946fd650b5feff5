import type { Refuse } from './bounded-file.js';
import { elementsOf, maxRank, type StoredType } from './elements.js';
import { quoteName } from './quote.js';

export interface NpyHeader {
  readonly stored: StoredType;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly elements: number;
}

const dtypes: ReadonlyMap<string, StoredType> = new Map([
  ['|u1', 'u8'],
  ['<u1', 'u8'],
  ['|i1', 'i8'],
  ['<i1', 'i8'],
  ['<i2', 'i16'],
  ['<i4', 'i32'],
  ['<i8', 'i64'],
  ['<f2', 'f16'],
  ['<f4', 'f32'],
  ['<f8', 'f64'],
]);

const entryPattern =
  /\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)|\(([^()]*)\)|(\[))\s*(,?)/y;
const wantedKeys = ['descr', 'fortran_order', 'shape'];

function parseShape(text: string, refuse: Refuse): readonly number[] {
  const items = text.split(',').map(item => item.trim());
  // `()` and a comma after the last item leave one empty item; `(3)` without comma is a number, not a tuple.
  if (items.at(-1) === '') items.pop();
  else if (items.length === 1)
    refuse(`its header has the shape (${quoteName(text).slice(1, -1)}), which is not a tuple`);
  if (items.length > maxRank) refuse(`has ${items.length} dimensions, where ${maxRank} are the most that are read`);
  const shape = items.map(item => {
    // `3L` is how Python 2 wrote it.
    if (!/^\d{1,15}L?$/.test(item)) {
      refuse(`has the dimension ${quoteName(item)}: a dimension is a whole number from 0 to 10^15`);
    }
    return Number.parseInt(item, 10);
  });
  return shape;
}

function storedTypeOf(descr: string, refuse: Refuse): StoredType {
  const stored = dtypes.get(descr);
  if (stored !== undefined) return stored;
  const what = `has elements of numpy type ${quoteName(descr)}, which effnetc does not take`;
  if (/^\|?O/.test(descr)) {
    return refuse(`${what}: they are pickled Python objects`, {
      hint: 'store plain numbers: np.asarray(x, dtype=np.float32) shows which part is not a number',
    });
  }
  const hint = descr.startsWith('>')
    ? `store it little-endian: x.astype('<${descr.slice(1)}')`
    : 'store it as uint8, int8, int16, int32, int64, float16, float32 or float64 with x.astype(...)';
  return refuse(what, { hint });
}

/**
 * The header of an .npy file: a Python dict literal with exactly the keys `descr`, `fortran_order` and `shape`, then spaces
 * and a newline (numpy.lib.format, versions 1.0 to 3.0). Read with one pattern, so in time linear in its length.
 */
export function parseNpyHeader(text: string, refuse: Refuse): NpyHeader {
  const values = new Map<string, { text?: string; flag?: string; tuple?: string; list?: string }>();
  const body = text.trimEnd();
  if (!body.startsWith('{') || !body.endsWith('}')) refuse('its header is damaged: it is not a Python dict');
  entryPattern.lastIndex = 1;
  for (;;) {
    const at = entryPattern.lastIndex;
    const found = entryPattern.exec(body);
    if (found === null) {
      if (body.slice(at).trim() !== '}') refuse(`its header is damaged near ${quoteName(body.slice(at, at + 20))}`);
      break;
    }
    const key = found[1] ?? found[2];
    if (!wantedKeys.includes(key)) refuse(`its header has the unknown key ${quoteName(key)}`);
    if (values.has(key)) refuse(`its header has the key ${quoteName(key)} twice`);
    values.set(key, { text: found[3] ?? found[4], flag: found[5], tuple: found[6], list: found[7] });
    if (found[7] !== undefined) break; // a structured type: refused below, no need to read on
    if (found[8] === '') {
      const rest = body.slice(entryPattern.lastIndex).trim();
      if (rest !== '}') refuse(`its header is damaged near ${quoteName(rest.slice(0, 20))}`);
      break;
    }
  }
  if (values.get('descr')?.list !== undefined) {
    refuse('has structured elements (several fields), which effnetc does not take', {
      hint: 'store one field as an array of its own',
    });
  }
  const descr = values.get('descr')?.text;
  const flag = values.get('fortran_order')?.flag;
  const tuple = values.get('shape')?.tuple;
  if (descr === undefined || flag === undefined || tuple === undefined) {
    return refuse(`its header is damaged: it must give ${wantedKeys.join(', ')}`);
  }
  const shape = parseShape(tuple, refuse);
  const elements = elementsOf(shape);
  if (elements === undefined) return refuse(`has a shape whose product is no size of anything: (${shape.join(', ')})`);
  return { stored: storedTypeOf(descr, refuse), fortranOrder: flag === 'True', shape, elements };
}
