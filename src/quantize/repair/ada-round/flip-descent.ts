import { setImmediate as turn } from 'node:timers/promises';
import type { Node } from '../../../ir/index.ts';
import { constantOf } from '../../../ops/index.ts';
import { perChannel } from '../layers/weighted-layer.ts';
import type { LayerSubject } from './round-layer.ts';

/** Multiplications that one sweep may take; with more, fewer rows are looked at. */
const maxWork = 5e8;

const maxSweeps = 4;

/**
 * Flips single weights between the integers below and above them as long as the squared error of the layer's outputs on
 * its rows falls, and moves the bias by what the outputs lack on average: what remains after AdaRound's annealing are
 * roundings that no single flip improves. Changes `integers` [groups, columns, channels] and `bias` [groups, channels] in place. Does nothing for activations other than Relu and Clip, and where fewer than 64
 * rows could be looked at.
 */
export async function flipDescent(
  subject: LayerSubject,
  { floor, integers, bias }: Rounded,
  signal?: AbortSignal,
): Promise<void> {
  const { layer, rows, encoding } = subject;
  const bounds = boundsOf(layer.activation);
  const count = Math.min(rows.to - rows.from, Math.floor(maxWork / integers.length));
  if (!bounds || count < Math.min(64, rows.to - rows.from)) return;
  const { groups, columns, channels } = layer;
  const scales = perChannel(layer, encoding.weight.scales);
  const ones = new Float32Array(count).fill(1);
  for (let g = 0; g < groups; g++) {
    const x = columnsOf(subject, g, count);
    for (let m = 0; m < channels; m++) {
      const index = (k: number) => (g * columns + k) * channels + m;
      const unit = new Unit(x, targetOf(subject, { g, m, count }), bounds);
      const [scale, offset] = [scales[g * channels + m]!, bias?.[g * channels + m] ?? 0];
      unit.start(offset, (k) => scale * integers[index(k)]!);
      for (let sweep = 0; sweep < maxSweeps; sweep++) {
        let flips = 0;
        if (bias) {
          const shift = unit.meanError();
          if (unit.tryStep(ones, shift)) bias[g * channels + m]! += shift;
        }
        for (let k = 0; k < columns; k++) {
          const at = index(k);
          const other = 2 * floor[at]! + 1 - integers[at]!;
          if (!unit.tryStep(x[k]!, scale * (other - integers[at]!))) continue;
          integers[at] = other;
          flips++;
        }
        if (flips === 0) break;
      }
      signal?.throwIfAborted();
      if (m % 16 === 15) await turn();
    }
  }
}

interface Rounded {
  readonly floor: Float32Array;
  readonly integers: Float32Array;
  readonly bias: Float32Array | undefined;
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

function boundsOf(activation: Node | undefined): Bounds | undefined {
  const bound = (index: number, missing: number): number => {
    const tensor = constantOf(activation?.inputs[index]);
    return tensor ? Number(tensor.data[0]) : missing;
  };
  if (!activation) return { low: -Infinity, high: Infinity };
  if (activation.opType === 'Relu') return { low: 0, high: Infinity };
  return activation.opType === 'Clip' ? { low: bound(1, -Infinity), high: bound(2, Infinity) } : undefined;
}

/** One output channel: its sums before the activation, row by row, and how far it is from its targets. */
class Unit {
  readonly #columns: readonly Float32Array[];
  readonly #target: Float32Array;
  readonly #bounds: Bounds;
  readonly #sums: Float64Array;
  #error = 0;

  constructor(columns: readonly Float32Array[], target: Float32Array, bounds: Bounds) {
    this.#columns = columns;
    this.#target = target;
    this.#bounds = bounds;
    this.#sums = new Float64Array(target.length);
  }

  start(bias: number, weight: (k: number) => number): void {
    this.#sums.fill(bias);
    for (const [k, x] of this.#columns.entries()) this.#move(x, weight(k));
    this.#error = this.#errorWith(this.#target, 0);
  }

  /** Adds `step` to a weight if the error falls by that. */
  tryStep(x: Float32Array, step: number): boolean {
    const error = this.#errorWith(x, step);
    if (!(error < this.#error * (1 - 1e-6))) return false;
    this.#move(x, step);
    this.#error = error;
    return true;
  }

  /** What the sums lack on average in the rows where a change of them reaches the output. */
  meanError(): number {
    const { low, high } = this.#bounds;
    let [sum, count] = [0, 0];
    for (const [r, value] of this.#sums.entries()) {
      const t = this.#target[r]!;
      if ((value < low && t <= low) || (value > high && t >= high)) continue;
      sum += t - value;
      count++;
    }
    return count > 0 ? sum / count : 0;
  }

  #move(x: Float32Array, by: number): void {
    const sums = this.#sums;
    for (let r = 0; r < sums.length; r++) sums[r] = sums[r]! + by * x[r]!;
  }

  #errorWith(x: Float32Array, step: number): number {
    const [sums, target] = [this.#sums, this.#target];
    const { low, high } = this.#bounds;
    let error = 0;
    for (let r = 0; r < sums.length; r++) {
      const sum = sums[r]! + step * x[r]!;
      const difference = (sum < low ? low : sum > high ? high : sum) - target[r]!;
      error += difference * difference;
    }
    return error;
  }
}

/** What the weights of a group meet, one vector a column: `count` rows spread over those that may be used. */
function columnsOf({ layer, data, rows }: LayerSubject, group: number, count: number): Float32Array[] {
  const { columns } = layer;
  const x = data.input.data;
  const row = rowAt(rows, count);
  return Array.from({ length: columns }, (_, k) =>
    Float32Array.from({ length: count }, (_, r) => x[(group * data.rows + row(r)) * columns + k]!),
  );
}

function targetOf(
  { layer, data, rows }: LayerSubject,
  { g, m, count }: { g: number; m: number; count: number },
): Float32Array {
  const { channels } = layer;
  const row = rowAt(rows, count);
  return Float32Array.from(
    { length: count },
    (_, r) => data.target.data[(g * data.rows + row(r)) * channels + m]!,
  );
}

const rowAt =
  ({ from, to }: LayerSubject['rows'], count: number) =>
  (r: number): number =>
    from + Math.floor((r * (to - from)) / count);
