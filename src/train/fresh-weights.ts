import { trainedConstants } from '../autodiff/index.ts';
import { ModelError } from '../errors.ts';
import { type Model, Tensor, type Use, type Value } from '../ir/index.ts';
import { opOf } from '../ops/index.ts';
import { constantsToInitializers } from '../passes/index.ts';
import { type Random, random } from '../random.ts';

/**
 * A copy of a model with the weights of one that has learned nothing: those of layers are normal of variance 2 / fan-in
 * (He et al. 2015, arXiv 1502.01852), biases 0, normalizations do nothing, running statistics are those of mean 0 and
 * variance 1. What is not trained, such as the normalization of the data, stays. Throws ModelError for a trained constant
 * that there is no rule for.
 */
export function freshWeights(model: Model, { seed = 0 } = {}): Model {
  const copy = constantsToInitializers(model);
  const source = random(seed);
  const { parameters, buffers } = trainedConstants(copy.graph);
  for (const value of [...parameters, ...buffers]) {
    const { shape, size } = value.tensor!;
    const draw = drawOf(value, source);
    value.tensor = Tensor.of('float32', Float32Array.from({ length: size }, draw), shape);
  }
  return copy;
}

type Draw = () => number;

const always = (number: number) => (): Draw => () => number;
const [zeros, ones] = [always(0), always(1)];
const small =
  (_: Value, source: Random): Draw =>
  () =>
    source.normal() * 0.02;

/** PyTorch's: uniform within 1 / sqrt(hidden size). */
const recurrent = ({ tensor }: Value, source: Random): Draw => {
  const [, gates = 1] = tensor!.shape;
  const bound = 1 / Math.sqrt(gates);
  return () => (2 * source.uniform() - 1) * bound;
};

/** A bias, or a table of positions, which must tell these apart. */
const added = (value: Value, source: Random): Draw =>
  value.tensor!.shape.filter((dim) => dim > 1).length <= 1 ? () => 0 : small(value, source);

type Rule = (value: Value, source: Random) => Draw;

/** By operator and input. */
const rules: Readonly<Record<string, Readonly<Record<number, Rule>>>> = {
  BatchNormalization: { 1: ones, 2: zeros, 3: zeros, 4: ones },
  LayerNormalization: { 1: ones, 2: zeros },
  InstanceNormalization: { 1: ones, 2: zeros },
  GroupNormalization: { 1: ones, 2: zeros },
  RMSNormalization: { 1: ones },
  SimplifiedLayerNormalization: { 1: ones },
  PRelu: { 1: always(0.25) },
  Gather: { 0: small },
  LSTM: { 1: recurrent, 2: recurrent, 3: zeros },
  GRU: { 1: recurrent, 2: recurrent, 3: zeros },
  RNN: { 1: recurrent, 2: recurrent, 3: zeros },
  Add: { 0: added, 1: added },
  Mul: { 0: ones, 1: ones },
};

/** By the first reader that has a rule. */
function drawOf(value: Value, source: Random): Draw {
  for (const use of value.uses) {
    const draw = rules[use.node.opType]?.[use.index]?.(value, source) ?? weightDraw(value, use, source);
    if (draw) return draw;
  }
  const [reader] = value.uses;
  throw new ModelError(
    `'${value.name}' cannot start from scratch: it is trained, and how it begins as input ${reader?.index} of ${reader?.node.label ?? 'nothing'} is not known. Keep the weights of the model, or make it from an architecture`,
    { value: value.name, ...(reader && { op: reader.node.opType, node: reader.node.name }) },
  );
}

/** Of a layer with weights. */
function weightDraw({ tensor }: Value, { node, index }: Use, source: Random): Draw | undefined {
  const rule = opOf(node)?.quantize;
  if (rule?.kind !== 'weighted') return undefined;
  if (index === rule.bias) return () => 0;
  if (index !== rule.weight) return undefined;
  const { shape, size } = tensor!;
  const deviation = Math.sqrt((2 * shape[rule.axis(node)]!) / size);
  return () => source.normal() * deviation;
}
