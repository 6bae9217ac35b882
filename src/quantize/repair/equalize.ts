import type { Chain } from './chain.ts';
import { isDepthwise, type Layer } from './layer.ts';

/** A chain and the factors that its channels may take: between `low` and `high`, 0 to Infinity where nothing bounds them. */
export interface Link {
  readonly chain: Chain;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** What `equalize` decided. */
export interface Equalized {
  /** For each link the factors s of its channels: the first layer's outputs become 1/s of what they were. */
  readonly factors: ReadonlyMap<Link, Float64Array>;
  /** How often it went over all chains until the factors changed by less than 1 %. */
  readonly sweeps: number;
}

const tolerance = 1e-2;
const maxSweeps = 50;

/**
 * Factors for channels so that the weights that make a channel and those that read it span the same range: r1/s = r2*s,
 * s = sqrt(r1 / r2), with r the largest magnitude. Runs through depthwise layers, which make and read each channel with
 * the same weights, are solved at once: all ranges become their geometric mean, for three layers S12 = r1 / cbrt(r1 r2 r3)
 * and S23 = cbrt(r1 r2 r3) / r3. Chains that share a layer are gone over until nothing moves. Channels with a range of 0
 * keep a factor of 1. Source: Nagel et al. 2019 (arXiv 1906.04721), AIMET's ScaleFactorCalculator.
 */
export function equalize(links: readonly Link[]): Equalized {
  const factors = new Map(links.map((link) => [link, new Float64Array(link.low.length).fill(1)]));
  const layers = new Map<Layer, Scaled>();
  for (const { chain } of links)
    for (const layer of [chain.from, chain.to]) if (!layers.has(layer)) layers.set(layer, new Scaled(layer));
  const runs = runsOf(links);
  let sweeps = 0;
  for (let moved = Infinity; moved > tolerance && sweeps < maxSweeps; sweeps++)
    moved = Math.max(0, ...runs.map((run) => equalizeRun(run, { layers, factors })));
  return { factors, sweeps };
}

/** Links joined where the layer between them is depthwise. */
function runsOf(links: readonly Link[]): Link[][] {
  const byFrom = new Map(links.map((link) => [link.chain.from, link]));
  const joined = new Set<Link>();
  const next = ({ chain }: Link) =>
    isDepthwise(chain.to) && chain.inner === 1 ? byFrom.get(chain.to) : undefined;
  for (const link of links) {
    const follower = next(link);
    if (follower) joined.add(follower);
  }
  return links.flatMap((first) => {
    if (joined.has(first)) return [];
    const run = [first];
    for (let link = next(first); link; link = next(link)) run.push(link);
    return [run];
  });
}

interface State {
  readonly layers: ReadonlyMap<Layer, Scaled>;
  readonly factors: ReadonlyMap<Link, Float64Array>;
}

/** Equalizes the layers of a run and gives the largest change of a factor's logarithm. */
function equalizeRun(run: readonly Link[], { layers, factors }: State): number {
  const first = layers.get(run[0]!.chain.from)!;
  const ranges = [
    first.outputRanges(),
    ...run.map(({ chain }, i) => {
      const to = layers.get(chain.to)!;
      return i < run.length - 1 ? to.outputRanges() : to.inputRanges(chain.inner);
    }),
  ];
  let moved = 0;
  for (let c = 0; c < ranges[0]!.length; c++) {
    const own = ranges.map((range) => range[c]!);
    if (own.some((range) => !(range > 0))) continue;
    const mean = Math.exp(own.reduce((sum, range) => sum + Math.log(range), 0) / own.length);
    let step = 1;
    for (const [k, link] of run.entries()) {
      step *= own[k]! / mean;
      const all = factors.get(link)!;
      const wanted = Math.min(Math.max(all[c]! * step, link.low[c]!), link.high[c]!);
      const change = wanted / all[c]!;
      all[c] = wanted;
      layers.get(link.chain.from)!.outputs[c]! /= change;
      layers.get(link.chain.to)!.multiplyInput(c, { inner: link.chain.inner, change });
      moved = Math.max(moved, Math.abs(Math.log(change)));
    }
  }
  return moved;
}

/** A layer's weights under factors of its channels, which are kept apart until all is decided. */
class Scaled {
  readonly outputs: Float64Array;
  readonly inputs: Float64Array;
  readonly #magnitudes: Float32Array;
  readonly #outputOf: Uint32Array;
  readonly #inputOf: Uint32Array;

  constructor({ weight, inputs, outputs, inputOf, outputOf }: Layer) {
    this.#magnitudes = (weight.data as Float32Array).map(Math.abs);
    this.#outputOf = Uint32Array.from(this.#magnitudes, (_, i) => outputOf(i));
    this.#inputOf = Uint32Array.from(this.#magnitudes, (_, i) => inputOf(i));
    this.outputs = new Float64Array(outputs).fill(1);
    this.inputs = new Float64Array(inputs).fill(1);
  }

  multiplyInput(
    channel: number,
    { inner, change }: { readonly inner: number; readonly change: number },
  ): void {
    for (let j = 0; j < inner; j++) this.inputs[channel * inner + j]! *= change;
  }

  /** The largest magnitude of the weights that lead to each output channel. */
  outputRanges(): Float64Array {
    const ranges = new Float64Array(this.outputs.length);
    this.#magnitudes.forEach((w, i) => {
      const o = this.#outputOf[i]!;
      ranges[o] = Math.max(ranges[o]!, w * this.inputs[this.#inputOf[i]!]!);
    });
    return ranges.map((range, o) => range * this.outputs[o]!);
  }

  /** The largest magnitude of the weights that read each run of `inner` input channels. */
  inputRanges(inner: number): Float64Array {
    const ranges = new Float64Array(this.inputs.length / inner);
    this.#magnitudes.forEach((w, i) => {
      const k = this.#inputOf[i]!;
      const c = Math.floor(k / inner);
      ranges[c] = Math.max(ranges[c]!, w * this.inputs[k]! * this.outputs[this.#outputOf[i]!]!);
    });
    return ranges;
  }
}
