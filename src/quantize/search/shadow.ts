import { copyForTraining, type Tape } from '../../autodiff/index.ts';
import { type GraphBuilder, type Model, type Node, product, Tensor, type Value } from '../../ir/index.ts';
import { constantOf, opOf } from '../../ops/index.ts';
import type { ActivationEncoding, Encodings } from '../encodings.ts';
import { exposeValues } from '../expose.ts';
import { isActivation, type QuantizationPlan } from '../plan.ts';
import { activationRanges } from '../scale.ts';
import { dequantizeConstant } from '../weights.ts';
import type { Unit } from './units.ts';

/** A float model copied into a graph, and what is needed to write its units once more, rounded, beside it. */
export interface Shadow {
  readonly g: GraphBuilder;
  readonly plan: QuantizationPlan;
  readonly encodings: Encodings;
  /** The copy of a value of the float model. */
  of(name: string): Value;
}

export interface CopiedFloat {
  of(name: string): Value;
  /** The copies of the model's float32 outputs, by name in the model. */
  readonly outputs: ReadonlyMap<string, Value>;
  readonly tape: Tape;
}

/** Names of all values that units read and make. */
export function valuesOf(float: Model, units: readonly Unit[]): string[] {
  const byOutput = new Map(float.graph.nodes.map((node) => [node.output().name, node]));
  return units.flatMap(({ name, output }) => [
    output,
    ...byOutput.get(name)!.inputs.flatMap((value) => (value?.producer ? [value.name] : [])),
  ]);
}

/** Copies a float model of static shapes into `g`, so that gradients can pass and the values called `used` are at hand. */
export function copyFloat(g: GraphBuilder, float: Model, used: readonly string[]): CopiedFloat {
  const { graph } = exposeValues(float, used);
  const copies = new Map<Value, Value>();
  for (const input of graph.feeds) copies.set(input, g.input(input.name, input.dtype!, input.shape!));
  const { outputs, tape } = copyForTraining(g, graph, copies, { isInference: isRandomOrStateful });
  const values = new Map([...copies].map(([{ name }, copy]) => [name, copy]));
  graph.outputs.forEach(({ name }, i) => {
    values.set(name, outputs[i]!);
  });
  const real = float.graph.outputs.filter(({ dtype }) => dtype === 'float32');
  return {
    of: (name) => values.get(name)!,
    outputs: new Map(real.map(({ name }) => [name, values.get(name)!])),
    tape,
  };
}

/** Dropout and running statistics, which are what they are at inference; a MaxPool needs its training form. */
const isRandomOrStateful = (node: Node): boolean =>
  node.opType === 'Dropout' || opOf(node)?.state !== undefined;

/** The result of a unit that is int8 among float ones: inputs, weights and result rounded. */
export function roundedResult(shadow: Shadow, unit: Unit): Value {
  const { g, plan } = shadow;
  const [name, fold] = unit.members;
  const [node, rule] = entryOf(plan, name!);
  const inputs = node.inputs.map((value, index) => {
    if (!value) return undefined;
    if (rule.kind === 'weighted' && index === rule.weight) return roundedWeight(shadow, node);
    const exact = copyOf(shadow, value);
    return isActivation(node, index, plan) ? roundTrip(shadow, exact, value) : exact;
  });
  const result = again(g, node, inputs);
  const [folded] = fold === undefined ? [] : entryOf(plan, fold);
  const rest = folded?.inputs.slice(1).map((value) => value && copyOf(shadow, value));
  const value = folded && rest ? again(g, folded, [result, ...rest]) : result;
  return roundTrip(shadow, value, (folded ?? node).output());
}

const entryOf = (plan: QuantizationPlan, name: string) =>
  [...plan.nodes].find(([node]) => node.output().name === name)!;

const encodingOf = ({ plan, encodings }: Shadow, value: Value): ActivationEncoding | undefined => {
  const root = plan.activations.get(value);
  return root && encodings.activations.get(root.name);
};

const copyOf = ({ g, of }: Shadow, value: Value): Value => {
  const tensor = constantOf(value);
  return tensor ? g.initializer(g.uniqueName(value.name), tensor) : of(value.name);
};

const again = (g: GraphBuilder, node: Node, inputs: readonly (Value | undefined)[]): Value =>
  g.op(node.opType, inputs, Object.fromEntries(node.attributes), node.domain);

function roundedWeight({ g, encodings }: Shadow, node: Node): Value {
  const { weight } = encodings.weights.get(node.output().name)!;
  return g.initializer(
    g.uniqueName('weight'),
    Tensor.of('float32', dequantizeConstant(weight), weight.tensor.shape),
  );
}

/** `value`, which stands for `of` in the float model, rounded as that is: not at all where a target leaves it float. */
function roundTrip(shadow: Shadow, value: Value, of: Value): Value {
  const encoding = encodingOf(shadow, of);
  return encoding ? rounded(shadow.g, value, encoding) : value;
}

/** A value after its integers. */
export function rounded(g: GraphBuilder, value: Value, encoding: ActivationEncoding): Value {
  const { scale, zeroPoint, dtype, integers } = encoding;
  const real = (integer: number) => g.scalar((integer - zeroPoint) * scale);
  const all = activationRanges[dtype];
  const limited =
    integers.min === all.min && integers.max === all.max
      ? value
      : g.op('Clip', [value, real(integers.min), real(integers.max)]);
  const parameters = [g.scalar(scale), g.constant(dtype, [zeroPoint], [])];
  return g.op('DequantizeLinear', [g.op('QuantizeLinear', [limited, ...parameters]), ...parameters]);
}

/** The sum over outputs of their products with a direction that is fed as `direction/<output>`. */
export function directedLoss(g: GraphBuilder, outputs: ReadonlyMap<string, Value>): Value {
  const terms = [...outputs].map(([name, output]) => {
    const direction = g.input(`direction/${name}`, 'float32', output.shape!);
    return g.op('ReduceSum', [g.op('Mul', [output, direction])], { keepdims: 0 });
  });
  return terms.reduce((sum, term) => g.op('Add', [sum, term]));
}

/** The rows of a value of static shape: samples, or one where they do not divide it. */
export const rowsOf = (value: Value, batch: number): number =>
  product(value.shape as number[]) % batch === 0 ? batch : 1;

/** Sum over samples of the square of each one's (gradient . error), a scalar. Both are batch first. */
export function squaredDots(
  g: GraphBuilder,
  { gradient, error, batch }: { readonly gradient: Value; readonly error: Value; readonly batch: number },
): Value {
  const products = g.op('Mul', [gradient, error]);
  const perSample = g.op('Reshape', [products, g.int64s([rowsOf(error, batch), -1])]);
  return energy(g, g.op('ReduceSum', [perSample, g.int64s([1])], { keepdims: 0 }));
}

/** Sum of squares, a scalar. */
export const energy = (g: GraphBuilder, value: Value): Value =>
  g.op('ReduceSumSquare', [value], { keepdims: 0 });

/** Scalars as one vector. */
export const joined = (g: GraphBuilder, scalars: readonly Value[]): Value =>
  g.op(
    'Concat',
    scalars.map((value) => g.op('Reshape', [value, g.int64s([1])])),
    { axis: 0 },
  );
