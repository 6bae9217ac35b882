import type { Model } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { type Feeds, InferenceSession, isBusyMachine } from '../runtime/index.ts';
import { exposeValues } from './expose.ts';

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
    return this.#noise === 0 ? Infinity : 10 * Math.log10(this.#signal / this.#noise);
  }
}

/** A float model, its quantized twin, and what both are run on. */
export interface Comparison {
  readonly float: Model;
  readonly quantized: Model;
  readonly feeds: readonly Feeds[];
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
  { float, quantized, feeds }: Comparison,
  pairs: ReadonlyMap<string, string>,
): Promise<Noise> {
  const outputs = float.graph.outputs.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name);
  const exact = new Meters([...pairs, ...outputs.map((name) => [name, name] as const)]);
  const here = new Meters(outputs.map((name) => [name, name] as const));
  const spinning = !isBusyMachine();
  const sessions = await Promise.all([
    InferenceSession.create(writeModel(exposeValues(float, exact.pairs.keys())), { spinning }),
    // With pairs kept, onnxruntime 1.27's extended optimizations drop outputs of an attention block, then crash.
    InferenceSession.create(writeModel(exposeValues(quantized, exact.pairs.values())), {
      ...{ keepQdq: true, optimization: 'basic', spinning },
    }),
    InferenceSession.create(writeModel(quantized), { spinning }),
  ]);
  try {
    for (const batch of feeds) {
      const [reference, asDefined, asRun] = sessions;
      const real = { ...batch, ...(await reference.run(batch)) };
      exact.add(real, await asDefined.run(batch));
      here.add(real, await asRun.run(batch));
    }
  } finally {
    await Promise.all(sessions.map((session) => session.release()));
  }
  const exactly = exact.sqnr();
  const byOutput = here.sqnr();
  return {
    values: exactly,
    outputs: outputs.map((name) => ({ name, sqnr: exactly.get(name)!, sqnrHere: byOutput.get(name)! })),
  };
}

class Meters {
  readonly pairs: ReadonlyMap<string, string>;
  readonly #meters: ReadonlyMap<string, NoiseMeter>;

  constructor(pairs: readonly (readonly [string, string])[]) {
    this.pairs = new Map(pairs);
    this.#meters = new Map([...this.pairs.keys()].map((name) => [name, new NoiseMeter()]));
  }

  add(real: Feeds, rounded: Feeds): void {
    for (const [name, twin] of this.pairs)
      this.#meters.get(name)!.add(real[name]!.data as Float32Array, rounded[twin]!.data as Float32Array);
  }

  sqnr(): Map<string, number> {
    return new Map([...this.#meters].map(([name, meter]) => [name, meter.sqnr]));
  }
}
