import { type Model, Tensor } from '../../../../src/ir/index.ts';
import { rng } from './random.ts';

/** Weights that no initialization gives: biases and running means that are not 0. */
export function shaken(model: Model): Model {
  const random = rng(3);
  for (const value of model.graph.initializers.values()) {
    const { tensor } = value;
    if (tensor?.dtype !== 'float32' || tensor.size < 2) continue;
    const data = Float32Array.from(tensor.data as Float32Array, (x) => x + 0.05 * random() + 0.01);
    value.tensor = Tensor.of('float32', data, tensor.shape);
  }
  return model;
}
