import type { Model } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { type Feeds, InferenceSession } from '../runtime/index.ts';
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

/**
 * SQNR in dB of values of the float model. `pairs`: name in it, name of what stands for it in the quantized one.
 * `exact` computes the quantized model as ONNX defines it; else the int8 kernels of this CPU do, which may saturate.
 */
export async function compareValues(
  { float: floatModel, quantized: quantizedModel, feeds }: Comparison,
  pairs: ReadonlyMap<string, string>,
  { exact }: { readonly exact: boolean },
): Promise<Map<string, number>> {
  const meters = new Map([...pairs.keys()].map((name) => [name, new NoiseMeter()]));
  const float = await InferenceSession.create(writeModel(exposeValues(floatModel, pairs.keys())));
  // With pairs kept, onnxruntime 1.27's extended optimizations drop outputs of an attention block, then crash.
  const quantized = await InferenceSession.create(
    writeModel(exposeValues(quantizedModel, pairs.values())),
    exact ? { keepQdq: true, optimization: 'basic' } : {},
  );
  try {
    for (const batch of feeds) {
      const reference = { ...batch, ...(await float.run(batch)) };
      const rounded = await quantized.run(batch);
      for (const [name, twin] of pairs)
        meters.get(name)!.add(reference[name]!.data as Float32Array, rounded[twin]!.data as Float32Array);
    }
  } finally {
    await Promise.all([float.release(), quantized.release()]);
  }
  return new Map([...meters].map(([name, meter]) => [name, meter.sqnr]));
}
