import type { Model } from '../../../src/ir/index.ts';
import { calibrate } from '../../../src/quantize/calibrate.ts';
import { emit } from '../../../src/quantize/emit.ts';
import { encode } from '../../../src/quantize/encode.ts';
import { minMax, observedValues, planOf, prepare, schemeOf } from '../../../src/quantize/index.ts';
import type { Feeds } from '../../../src/runtime/index.ts';
import type { Target } from '../../../src/targets/index.ts';

/** The model in a target's int8, without any of the comfort of `quantizeStatic`. */
export async function quantizeFor(model: Model, target: Target, calibration: Feeds[]): Promise<Model> {
  const float = prepare(model);
  const plan = planOf(float, { target });
  const names = [...observedValues(plan)].map(({ name }) => name);
  const ranges = await calibrate(float, names, { calibration, observer: minMax });
  return emit(float, encode(plan, ranges, schemeOf(target)), { plan: { target } }).model;
}
