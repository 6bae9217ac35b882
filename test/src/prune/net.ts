import { type Model, Tensor, type Value } from '../../../src/ir/index.ts';
import { batchNormalization, conv2d, dense, flatten, relu, sequential } from '../../../src/layers/index.ts';
import { random } from '../../../src/random.ts';

/** Two convolutions, the first normalized by factors and statistics that no initialization gives, and a layer that scores. */
export function smallNet(): Model {
  const layers = [conv2d(4, 3), batchNormalization(), relu(), conv2d(3, 3), relu(), flatten(), dense(2)];
  const model = sequential([1, 4, 4], layers, { seed: 3 });
  const source = random(5);
  for (const value of model.graph.initializers.values())
    if (value.tensor!.shape.length === 1)
      value.tensor = Tensor.of(
        'float32',
        Float32Array.from({ length: value.tensor!.size }, () => 0.5 + source.uniform()),
        value.tensor!.shape,
      );
  return model;
}

export const weightOf = ({ graph }: Model, name: string): Value => graph.initializers.get(name)!;

export const numbersOf = (model: Model, name: string): Float32Array =>
  weightOf(model, name).tensor!.data as Float32Array;

/** A copy with other numbers in one weight. */
export function withNumbers(model: Model, name: string, numbers: Float32Array): Model {
  const copy = model.clone();
  const value = weightOf(copy, name);
  value.tensor = Tensor.of('float32', numbers, value.tensor!.shape);
  return copy;
}
