import type { Model } from '../ir/index.ts';
import { removeUnused } from '../passes/index.ts';
import { Rewriting } from '../passes/pass.ts';
import type { Encodings } from './encodings.ts';
import { guardFloatReaders } from './guard-float-readers.ts';
import { insertQdq, type WeightForm } from './insert-qdq.ts';
import { type PlanOptions, planQuantization } from './plan.ts';

export interface EmitOptions {
  /** What the encodings were made for. */
  readonly plan?: PlanOptions;
  /**
   * `integers` (default): weights and bias as integers. `fake`: float weights that go through QuantizeLinear and
   * DequantizeLinear, float bias: what quantization-aware training trains.
   */
  readonly weights?: WeightForm;
}

export interface Emitted {
  readonly model: Model;
  /** By name of a quantized activation: the name of the value that now carries it. */
  readonly activations: ReadonlyMap<string, string>;
}

/**
 * The prepared float model as a quantized one, with QuantizeLinear and DequantizeLinear around int8 nodes.
 * Inputs and outputs keep their names and types; `float` is not changed.
 */
export function emit(float: Model, encodings: Encodings, options: EmitOptions = {}): Emitted {
  const rewriting = new Rewriting(float);
  rewriting.annotate();
  const { graph } = rewriting;
  const plan = planQuantization(graph, options.plan);
  const { weights = 'integers' } = options;
  const activations = insertQdq(graph, plan, { encodings, weights });
  if (weights === 'integers') guardFloatReaders(graph, plan);
  return { model: removeUnused(rewriting.finish()), activations };
}
