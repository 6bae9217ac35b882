import type { Model } from '../../../../src/ir/index.ts';
import { Tensor } from '../../../../src/ir/index.ts';
import { constantOf } from '../../../../src/ops/index.ts';
import {
  type Calibration,
  calibrate,
  emit,
  encode,
  minMax,
  planOf,
  prepare,
} from '../../../../src/quantize/index.ts';
import type { EncodedModel } from '../../../../src/quantize/repair/index.ts';
import type { Feeds } from '../../../../src/runtime/index.ts';
import { decibels, run } from '../build.ts';

export interface Bits {
  readonly weights?: number;
  readonly activations?: number;
  readonly perChannel?: boolean;
}

/** A model and its encodings by min-max calibration and rounding to nearest. */
export async function encoded(
  model: Model,
  calibration: Calibration,
  { weights = 4, activations = 8, perChannel = true }: Bits = {},
): Promise<EncodedModel> {
  const float = prepare(model);
  const plan = planOf(float);
  const roots = [...new Set(plan.activations.values())];
  const names = roots.filter((root) => !constantOf(root)).map(({ name }) => name);
  const ranges = await calibrate(float, names, { calibration, observer: minMax });
  for (const root of roots) {
    const one = minMax(root.name);
    const constant = constantOf(root);
    if (constant) one.observe(constant.data as Float32Array);
    if (constant) ranges.set(root.name, one.range());
  }
  const largest = 2 ** (weights - 1) - 1;
  const encodings = encode(plan, ranges, {
    activations: { dtype: 'uint8', integers: { min: 0, max: 2 ** activations - 1 } },
    weights: { integers: { min: -largest, max: largest }, perChannel },
  });
  return { float, encodings };
}

/** SQNR in dB of the first output of the quantized model over all feeds. */
export async function outputSqnr(
  { float, encodings }: EncodedModel,
  feeds: readonly Feeds[],
): Promise<number> {
  const { model } = emit(float, encodings);
  const { name } = model.graph.outputs[0]!;
  const outputs = async (of: Model) => {
    const all: number[] = [];
    for (const batch of feeds) all.push(...(await run(of, batch))[name]!.toNumbers());
    return Tensor.of('float32', all);
  };
  return decibels(await outputs(float), await outputs(model));
}
