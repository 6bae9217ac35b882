import type { Model } from '../ir/index.ts';
import { readModel, writeModel } from '../onnx/index.ts';
import { annotateTypes } from '../ops/index.ts';
import { optimizedByOnnxruntime } from '../runtime/index.ts';

/**
 * The graph that onnxruntime makes of a quantized model: QuantizeLinear/DequantizeLinear pairs joined with what they
 * enclose to operators on 8-bit integers. A model with such operators is taken as it is. Types are annotated.
 */
export async function lower(model: Model, level: 'extended' | 'all'): Promise<Model> {
  const lowered = readModel(await optimizedByOnnxruntime(writeModel(model), level));
  annotateTypes(lowered.graph);
  return lowered;
}
