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

/**
 * SQNR in dB of values of a float model and of those that stand for them in its quantized twin, both run on the same
 * feeds. `pairs`: name in the float model, name in the quantized one.
 */
export async function compareValues(
  models: { readonly float: Model; readonly quantized: Model },
  pairs: ReadonlyMap<string, string>,
  feeds: readonly Feeds[],
): Promise<Map<string, number>> {
  const meters = new Map([...pairs.keys()].map((name) => [name, new NoiseMeter()]));
  const float = await InferenceSession.create(writeModel(exposeValues(models.float, pairs.keys())));
  const quantized = await InferenceSession.create(writeModel(exposeValues(models.quantized, pairs.values())));
  try {
    for (const batch of feeds) {
      const exact = { ...batch, ...(await float.run(batch)) };
      const rounded = await quantized.run(batch);
      for (const [name, twin] of pairs)
        meters.get(name)!.add(exact[name]!.data as Float32Array, rounded[twin]!.data as Float32Array);
    }
  } finally {
    await Promise.all([float.release(), quantized.release()]);
  }
  return new Map([...meters].map(([name, meter]) => [name, meter.sqnr]));
}
