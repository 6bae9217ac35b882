import type { Model, Tensor } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { type Feeds, InferenceSession, isBusyMachine } from '../runtime/index.ts';
import { type NoiseRun, NoiseSession } from './noise-graph.ts';

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

/** SQNR in dB from energies. */
export const decibels = (signal: number, noise: number): number =>
  noise === 0 ? Infinity : 10 * Math.log10(signal / noise);

/** A float model, its quantized twin, and what both are run on. */
export interface Comparison {
  readonly float: Model;
  /** What the outputs are compared with, where `float` computes other ones. Default: `float`. */
  readonly original?: Model;
  readonly quantized: Model;
  /** The quantized model as a file, where it is written already. */
  readonly file?: Uint8Array;
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
  { original, ...comparison }: Comparison,
  pairs: ReadonlyMap<string, string>,
): Promise<Noise> {
  const noise = await noiseBeside(comparison, pairs);
  if (!original || original === comparison.float) return noise;
  const { outputs } = await noiseBeside({ ...comparison, float: original }, new Map());
  return { values: noise.values, outputs };
}

/** SQNR in dB of pairs as ONNX defines the operators. */
export async function exactNoise(
  { feeds, ...models }: Comparison,
  compared: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, number>> {
  const session = await NoiseSession.create(models, { compared, given: [] });
  const sums = new NoiseSums([...compared.keys()], []);
  try {
    for await (const batch of feeds) sums.add(await session.run(batch), {});
  } finally {
    await session.release();
  }
  return sums.noise().values;
}

async function noiseBeside(
  { feeds, file, ...models }: Comparison,
  pairs: ReadonlyMap<string, string>,
): Promise<Noise> {
  const { outputs } = models.float.graph;
  const given = outputs.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name);
  const compared = new Map([...pairs, ...given.map((name) => [name, name] as const)]);
  const sums = new NoiseSums([...compared.keys()], given);
  const exact = await NoiseSession.create(models, { compared, given });
  try {
    const settings = { spinning: !isBusyMachine(), memoryPattern: false };
    const rounded = await InferenceSession.create(file ?? writeModel(models.quantized), settings);
    try {
      for await (const batch of feeds) sums.add(await exact.run(batch), await rounded.run(batch));
    } finally {
      await rounded.release();
    }
  } finally {
    await exact.release();
  }
  return sums.noise();
}

/** What runs tell, summed. */
class NoiseSums {
  readonly #energies: ReadonlyMap<string, { signal: number; noise: number }>;
  /** Of the outputs, with the kernels that this CPU runs. */
  readonly #here: ReadonlyMap<string, NoiseMeter>;

  constructor(compared: readonly string[], outputs: readonly string[]) {
    this.#energies = new Map(compared.map((name) => [name, { signal: 0, noise: 0 }]));
    this.#here = new Map(outputs.map((name) => [name, new NoiseMeter()]));
  }

  add({ energies, exact }: NoiseRun, asRun: Readonly<Record<string, Tensor>>): void {
    for (const [name, sum] of this.#energies) {
      const { signal, noise } = energies.get(name)!;
      sum.signal += signal;
      sum.noise += noise;
    }
    for (const [name, meter] of this.#here) meter.add(exact.get(name)!, asRun[name]!.data as Float32Array);
  }

  noise(): Noise {
    const values = new Map(
      Array.from(this.#energies, ([name, { signal, noise }]) => [name, decibels(signal, noise)]),
    );
    const outputs = Array.from(this.#here, ([name, { sqnr }]) => ({
      name,
      ...{ sqnr: values.get(name)!, sqnrHere: sqnr },
    }));
    return { values, outputs };
  }
}
