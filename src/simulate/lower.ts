import { ModelError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { readModel, writeModel } from '../onnx/index.ts';
import { annotateTypes } from '../ops/index.ts';
import { optimizedByOnnxruntime } from '../runtime/index.ts';

/** Operators that compute with quantized numbers. */
const quantizedOps = /^(Q(Linear|Gemm)|MatMulInteger|ConvInteger|DynamicQuantize)/;

/**
 * The graph that onnxruntime makes of a quantized model: QuantizeLinear/DequantizeLinear pairs joined with what they
 * enclose to operators on 8-bit integers. A model with such operators is taken as it is. Types are annotated.
 * Throws ModelError if no operator computes with integers.
 */
export async function lower(model: Model, level: 'extended' | 'all'): Promise<Model> {
  const lowered = readModel(await optimizedByOnnxruntime(writeModel(model), level));
  annotateTypes(lowered.graph);
  if (lowered.graph.nodes.some(({ opType }) => quantizedOps.test(opType))) return lowered;
  throw new ModelError(
    'The model must compute with 8-bit integers, has no operator for which onnxruntime does: quantize it first',
  );
}
