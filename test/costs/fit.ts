/**
 * Least squares without negative results: the x of all x >= 0 for which |A x - b| is least. Lawson and Hanson, Solving Least
 * Squares Problems (1974), chapter 23. Takes nothing but the four operations and comparisons: the same on every machine.
 */
export function nonNegativeLeastSquares(rows: readonly (readonly number[])[], b: readonly number[]): number[] {
  const unknowns = rows[0].length;
  // The normal equations: A'A x = A'b. Columns are brought to length 1 first, so that sizes do not matter.
  const lengths = Array.from({ length: unknowns }, (_, j) => Math.sqrt(sum(rows, row => row[j] * row[j])) || 1);
  const scaled = rows.map(row => row.map((value, j) => value / lengths[j]));
  const normal = lengths.map((_, j) =>
    lengths.map((_, k) => sum(scaled, row => row[j] * row[k]) + (j === k ? ridge : 0)),
  );
  const right = lengths.map((_, j) => sum(scaled, (row, i) => row[j] * b[i]));
  let x = new Array<number>(unknowns).fill(0);
  const free = new Set<number>();
  for (let rounds = 0; rounds < 10 * unknowns; rounds++) {
    const gradient = right.map((value, j) => value - sum(normal[j], (a, k) => a * x[k]));
    const bound = gradient.map((_, j) => j).filter(j => !free.has(j) && gradient[j] > tolerance);
    if (bound.length === 0) break;
    free.add(bound.reduce((best, j) => (gradient[j] > gradient[best] ? j : best)));
    x = within(normal, right, x, free);
  }
  return x.map((value, j) => value / lengths[j]);
}

const tolerance = 1e-9;
/** Keeps columns that say the same from sharing what is theirs at random. */
const ridge = 1e-10;

/** The best x with the free unknowns alone; those that would be negative on the way are bound again. */
function within(normal: number[][], right: number[], start: number[], free: Set<number>): number[] {
  let x = start;
  for (;;) {
    const at = [...free].sort((a, b) => a - b);
    const solved = solve(
      at.map(j => at.map(k => normal[j][k])),
      at.map(j => right[j]),
    );
    const target = new Array<number>(x.length).fill(0);
    for (const [i, j] of at.entries()) target[j] = solved[i];
    const negative = at.filter(j => target[j] <= 0);
    if (negative.length === 0) return target;
    const step = Math.min(...negative.map(j => x[j] / (x[j] - target[j] || 1)));
    x = x.map((value, j) => value + step * (target[j] - value));
    for (const j of negative) if (x[j] <= 1e-12) free.delete(j);
    x = x.map((value, j) => (free.has(j) ? value : 0));
  }
}

/** Gauss with pivots. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let column = 0; column < rows.length; column++) {
    let pivot = column;
    for (let i = column + 1; i < rows.length; i++)
      if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let i = 0; i < rows.length; i++) {
      if (i === column) continue;
      const factor = rows[i][column] / rows[column][column];
      for (let k = column; k <= rows.length; k++) rows[i][k] -= factor * rows[column][k];
    }
  }
  return rows.map((row, i) => row[rows.length] / row[i]);
}

function sum<T>(values: readonly T[], of: (value: T, index: number) => number): number {
  let total = 0;
  for (const [i, value] of values.entries()) total += of(value, i);
  return total;
}
