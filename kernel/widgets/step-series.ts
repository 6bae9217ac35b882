/** Points that a curve has at most; a screen shows no more. */
const capacity = 256;

/** Values over steps in bounded memory: a point is the mean of as many steps as it takes to stay below the capacity. */
export class StepSeries {
  readonly names: readonly string[];
  /** One row a point: steps in it, then the sums of the step's number and of each value. */
  #rows: number[][] = [];
  #stretch = 1;

  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** Adds a step; a value that is missing or not finite is left out of its point's mean. */
  add(step: number, values: Readonly<Record<string, number>>): void {
    const last = this.#rows.at(-1);
    if (last && last[0]! < this.#stretch) addTo(last, this.#row(step, values));
    else this.#rows.push(this.#row(step, values));
    if (this.#rows.length <= capacity) return;
    this.#stretch *= 2;
    const pairs = Array.from({ length: Math.ceil(this.#rows.length / 2) }, (_, i) => i * 2);
    this.#rows = pairs.map((i) => addTo(this.#rows[i]!, this.#rows[i + 1]));
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  /** Steps of the points, then the values of each name: one array after the other. NaN where there is none. */
  toArray(): Float32Array<ArrayBuffer> {
    const points = this.#rows.length;
    const array = new Float32Array(points * (this.names.length + 1));
    for (const [i, [count = 1, step = 0, ...sums]] of this.#rows.entries()) {
      array[i] = step / count;
      for (const k of this.names.keys())
        array[points * (k + 1) + i] = sums[2 * k + 1] ? sums[2 * k]! / sums[2 * k + 1]! : Number.NaN;
    }
    return array;
  }

  /** Each value with how often it was there. */
  #row(step: number, values: Readonly<Record<string, number>>): number[] {
    const pairs = this.names.flatMap((name) => {
      const value = values[name];
      return value !== undefined && Number.isFinite(value) ? [value, 1] : [0, 0];
    });
    return [1, step, ...pairs];
  }
}

function addTo(row: number[], other: readonly number[] | undefined): number[] {
  for (const [i, value] of (other ?? []).entries()) row[i]! += value;
  return row;
}
