import type { Model, Tensor } from '../../ir/index.ts';
import type { ActivationEncoding, Encodings, WeightEncoding } from '../encodings.ts';
import { roundHalfEven } from '../scale.ts';
import { quantizeWeight } from '../weights.ts';
import type { FakeModel, FakeWeight } from './fake-model.ts';

/** Constants of a trained fake-quantized model by name. */
export type Learned = (name: string) => Tensor;

/**
 * The encodings that a fake-quantized model has come to: its scales as they are, its weights as the integers that they
 * round to, and each bias as the real number that it rounds to.
 */
export function learnedEncodings(
  fake: FakeModel,
  learned: Learned,
  { activations, weights }: Encodings,
): Encodings {
  return {
    activations: new Map(
      [...activations].map(([name, encoding]) => {
        const scale = fake.activations.get(name);
        return [name, scale === undefined ? encoding : withScale(encoding, scalar(learned(scale)))];
      }),
    ),
    weights: new Map(
      [...weights].map(([name, encoding]) => [
        name,
        learnedWeight(encoding, fake.weights.get(name)!, learned),
      ]),
    ),
  };
}

const scalar = (tensor: Tensor): number => tensor.toNumbers()[0]!;

/** The range follows the scale. */
function withScale(encoding: ActivationEncoding, scale: number): ActivationEncoding {
  if (scale === encoding.scale) return encoding;
  const { integers, zeroPoint } = encoding;
  const [min, max] = [(integers.min - zeroPoint) * scale, (integers.max - zeroPoint) * scale];
  return { ...encoding, scale, range: { min, max } };
}

function learnedWeight(
  { weight, integers, bias }: WeightEncoding,
  names: FakeWeight,
  learned: Learned,
): WeightEncoding {
  const scales = Float32Array.from(learned(names.scale).data as Float32Array);
  const quantized = quantizeWeight(learned(names.weight), scales, { axis: weight.axis, integers });
  if (!bias || names.bias === undefined) return { weight: quantized, integers };
  const input = scalar(learned(names.inputScale));
  const shift = learned(names.bias).data as Float32Array;
  return {
    weight: quantized,
    integers,
    bias: shift.map((b, i) => roundedBias(b, input, scales[scales.length === 1 ? 0 : i]!)),
  };
}

/** The bias as the graph rounds it, in float32: what int32 makes of it is the same. */
function roundedBias(bias: number, input: number, weight: number): number {
  const step = Math.fround(input * weight);
  return Math.fround(roundHalfEven(Math.fround(bias / step)) * step);
}

/** The float model with what the fake-quantized one has learned, also where no integers are. */
export function learnedFloat(float: Model, fake: FakeModel, learned: ReadonlyMap<string, Tensor>): Model {
  const copy = float.clone();
  const set = (name: string | undefined, tensor: Tensor | undefined): void => {
    const value = copy.graph.initializers.get(name ?? '');
    const fits = value?.dtype === 'float32' && value.tensor!.shape.join() === tensor?.shape.join();
    if (value && fits) value.tensor = tensor;
  };
  for (const [name, tensor] of learned) set(name, tensor);
  for (const { bias, floatBias } of fake.weights.values()) set(floatBias, learned.get(bias ?? ''));
  return copy;
}
