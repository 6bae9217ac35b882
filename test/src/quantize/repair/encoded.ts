import type { Model } from '../../../../src/ir/index.ts';
import { constantOf } from '../../../../src/ops/index.ts';
import { calibrate } from '../../../../src/quantize/calibrate.ts';
import { emit } from '../../../../src/quantize/emit.ts';
import { encode } from '../../../../src/quantize/encode.ts';
import type { Encodings } from '../../../../src/quantize/encodings.ts';
import { minMax } from '../../../../src/quantize/observers/min-max.ts';
import { planOf, prepare } from '../../../../src/quantize/prepare.ts';
import { measureNoise } from '../../../../src/quantize/sqnr.ts';
import { weightRange } from '../../../../src/quantize/weights.ts';
import type { Feeds } from '../../../../src/runtime/index.ts';

/** A prepared model and its encodings: min-max, nearest rounding; weights of `bits` bits. */
export async function encoded(
  model: Model,
  calibration: readonly Feeds[],
  { perChannel = true, bits = 8 } = {},
): Promise<{ float: Model; encodings: Encodings }> {
  const float = prepare(model);
  const plan = planOf(float);
  const roots = [...new Set(plan.activations.values())];
  const names = roots.filter((root) => !constantOf(root)).map(({ name }) => name);
  const ranges = await calibrate(float, names, { calibration, observer: minMax });
  for (const root of roots) {
    const tensor = constantOf(root);
    if (!tensor) continue;
    const observer = minMax(root.name);
    observer.observe(tensor.data as Float32Array);
    ranges.set(root.name, observer.range());
  }
  const max = 2 ** (bits - 1) - 1;
  const integers = bits === 8 ? weightRange(false) : { min: -max, max };
  return {
    float,
    encodings: encode(plan, ranges, { activations: { dtype: 'uint8' }, weights: { integers, perChannel } }),
  };
}

/** SQNR in dB of the first output, computed as ONNX defines the operators. */
export async function outputSqnr(
  float: Model,
  encodings: Encodings,
  feeds: readonly Feeds[],
): Promise<number> {
  const { outputs } = await measureNoise(
    { float, quantized: emit(float, encodings).model, feeds },
    new Map(),
  );
  return outputs[0]!.sqnr;
}
