import type { Model, Node } from '../ir/index.ts';
import type { SaturationProbe } from '../quantize/index.ts';
import type { WorkOptions } from '../report.ts';
import { cpus } from './cpu.ts';
import { countSaturated, type Multiply, multiplyExact, multiplySaturating } from './multiply.ts';
import { type LayerSaturation, SaturationReport } from './saturation-report.ts';
import type { Batches } from './simulate.ts';
import { Simulator } from './simulator.ts';
import { sourceOf } from './source-node.ts';

export interface SaturationOptions extends WorkOptions {
  /** Number of batches, for progress, where it is known. */
  readonly batches?: number;
}

/**
 * Counts where x86 without VNNI would saturate: pairs of uint8 x int8 products beyond 16 bits, layer by layer on exact
 * inputs, so that each layer answers for itself. Throws ModelError if the model has no integer operator.
 */
export async function observeSaturation(
  model: Model,
  batches: Batches,
  { signal, onProgress, batches: total }: SaturationOptions = {},
): Promise<SaturationReport> {
  const meters = new Map<Node, SaturationMeter>();
  const simulator = await Simulator.create(model, {
    cpu: { ...cpus.avx2, name: 'observed' },
    onProducts: (node, multiply) => (multiply === multiplySaturating ? metered(meters, node) : multiply),
  });
  let done = 0;
  try {
    for await (const feeds of batches) {
      await simulator.run(feeds, signal);
      done++;
      onProgress?.({ done, total: Math.max(total ?? done, done), message: 'batches' });
    }
  } finally {
    await simulator.release();
  }
  const order = simulator.lowered.graph.nodes.filter((node) => meters.has(node));
  const layers = order.map((node): LayerSaturation => {
    const { op, name, output } = sourceOf(model, node);
    return { op, node: name, output, ...meters.get(node)!.result() };
  });
  return new SaturationReport(layers, done);
}

function metered(meters: Map<Node, SaturationMeter>, node: Node): Multiply {
  return (a, b, shape) => {
    const exact = multiplyExact(a, b, shape);
    const meter = meters.get(node) ?? new SaturationMeter();
    meters.set(node, meter);
    const cut = multiplySaturating(a, b, shape);
    const pairs = countSaturated(a, b, shape).reduce((sum, count) => sum + count, 0);
    meter.add(exact, cut, { pairs, all: (exact.length * shape.depth) / 2, columns: shape.columns });
    return exact;
  };
}

/** What saturation does to the sums of one layer. */
class SaturationMeter {
  #pairs = 0;
  #allPairs = 0;
  #sums = 0;
  #allSums = 0;
  #noise = 0;
  #signal = 0;

  add(
    exact: Int32Array,
    cut: Int32Array,
    { pairs, all, columns }: { readonly pairs: number; readonly all: number; readonly columns: number },
  ): void {
    this.#pairs += pairs;
    this.#allPairs += all;
    this.#allSums += exact.length;
    for (let i = 0; i < exact.length; i++) {
      const error = exact[i]! - cut[i]!;
      if (error === 0) continue;
      this.#sums++;
      this.#noise += error * error;
    }
    this.#signal += variation(exact, columns);
  }

  result(): Pick<LayerSaturation, 'pairs' | 'sums' | 'sqnr'> {
    return {
      pairs: this.#pairs / this.#allPairs,
      sums: this.#sums / this.#allSums,
      sqnr: this.#noise === 0 ? Infinity : 10 * Math.log10(this.#signal / this.#noise),
    };
  }
}

/** Squares of the sums about the mean of their column: zero points shift a column, so that raw squares say nothing. */
function variation(sums: Int32Array, columns: number): number {
  const rows = sums.length / columns;
  let total = 0;
  for (let column = 0; column < columns; column++) {
    let [sum, squares] = [0, 0];
    for (let i = column; i < sums.length; i += columns) {
      sum += sums[i]!;
      squares += sums[i]! * sums[i]!;
    }
    total += squares - (sum * sum) / rows;
  }
  return total;
}

/**
 * Names of the nodes whose weights should have 7 bits on x86 without VNNI: those where saturation was observed and
 * costs more than it would. 7-bit weights have about 40 dB, which is the default of `belowSqnr`.
 */
export function suggestReducedRange(
  report: SaturationReport,
  { belowSqnr = 40 }: { readonly belowSqnr?: number } = {},
): string[] {
  return report.layers.filter((layer) => layer.sqnr < belowSqnr).map(({ node }) => node);
}

/** The layers that `quantizeStatic` gives 7-bit weights for its `reduceRange: 'observed'`: its option `saturation`. */
export const saturatedLayers: SaturationProbe = async (quantized, feeds) => {
  const report = await observeSaturation(quantized, feeds);
  return { nodes: suggestReducedRange(report), report };
};
