import type { Model } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { type Feeds, InferenceSession, isBusyMachine } from '../runtime/index.ts';
import { NoiseSession } from './noise-graph.ts';

/** Signal and noise energy of one tensor, summed batch by batch. */
export class NoiseMeter {
  #signal = 0;
  #noise = 0;

  add(exact: Float32Array, rounded: Float32Array): void {
    for (let i = 0; i < exact.length; i++) {
      const x = exact[i]!;
      this.#signal += x * x;
      this.#noise += (x - rounded[i]!) ** 2;
    }
  }

  /** Signal to quantization noise in dB: 10 log10(sum x^2 / sum (x - y)^2). Infinity without noise. */
  get sqnr(): number {
    return decibels(this.#signal, this.#noise);
  }
}

const decibels = (signal: number, noise: number): number =>
  noise === 0 ? Infinity : 10 * Math.log10(signal / noise);

/** A float model, its quantized twin, and what both are run on. */
export interface Comparison {
  readonly float: Model;
  /** What the outputs are compared with, where `float` computes other ones. Default: `float`. */
  readonly original?: Model;
  readonly quantized: Model;
  readonly feeds: Iterable<Feeds> | AsyncIterable<Feeds>;
}

/** SQNR in dB by name of the float model's value. */
export interface Noise {
  /** As ONNX defines the operators: of `pairs`, with all the noise of the nodes before. */
  readonly values: ReadonlyMap<string, number>;
  /** Of float32 outputs, as ONNX defines the operators and in the kernels of this CPU, which may saturate. */
  readonly outputs: readonly { readonly name: string; readonly sqnr: number; readonly sqnrHere: number }[];
}

/** Measures noise. `pairs`: name in the float model, name of what stands for it in the quantized one. */
export async function measureNoise(
  { float, original = float, quantized, feeds }: Comparison,
  pairs: ReadonlyMap<string, string>,
): Promise<Noise> {
  const names = original.graph.outputs.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name);
  const own = new Map(names.map((name) => [name, name]));
  const isOne = original === float;
  const values = await exactNoise({ float, quantized, feeds }, isOne ? new Map([...pairs, ...own]) : pairs);
  const ends = isOne ? values : await exactNoise({ float: original, quantized, feeds }, own);
  const here = await noiseHere({ float: original, quantized, feeds }, names);
  return {
    values,
    outputs: names.map((name) => ({ name, sqnr: ends.get(name)!, sqnrHere: here.get(name)!.sqnr })),
  };
}

/** SQNR in dB of pairs as ONNX defines the operators. */
export async function exactNoise(
  { feeds, ...models }: Comparison,
  pairs: ReadonlyMap<string, string>,
): Promise<Map<string, number>> {
  const session = await NoiseSession.create(models, pairs);
  const sums = new Map([...pairs.keys()].map((name) => [name, { signal: 0, noise: 0 }]));
  try {
    for await (const batch of feeds)
      for (const [name, { signal, noise }] of await session.run(batch)) {
        const sum = sums.get(name)!;
        sum.signal += signal;
        sum.noise += noise;
      }
  } finally {
    await session.release();
  }
  return new Map([...sums].map(([name, { signal, noise }]) => [name, decibels(signal, noise)]));
}

/** Of the outputs, with the kernels that this CPU runs. */
async function noiseHere(
  { float, quantized, feeds }: Comparison,
  outputs: readonly string[],
): Promise<Map<string, NoiseMeter>> {
  const options = { spinning: !isBusyMachine(), memoryPattern: false };
  const meters = new Map(outputs.map((name) => [name, new NoiseMeter()]));
  const reference = await InferenceSession.create(writeModel(float), options);
  const rounded = await InferenceSession.create(writeModel(quantized), options);
  try {
    for await (const batch of feeds) {
      const [exact, asRun] = [await reference.run(batch), await rounded.run(batch)];
      for (const [name, meter] of meters)
        meter.add(exact[name]!.data as Float32Array, asRun[name]!.data as Float32Array);
    }
  } finally {
    await Promise.all([reference.release(), rounded.release()]);
  }
  return meters;
}
