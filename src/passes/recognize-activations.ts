import { allGraphs, float, type Graph, type Node, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { isNear, isOp, productOf, sameRank, scalarOf, withScalar } from './match.ts';
import type { Pass } from './pass.ts';
import { type Replacement, replaceNode } from './replace.ts';

/** One operator that exporters write as several. */
interface Recognition {
  readonly opType: string;
  /** The first operator set that has it. */
  readonly since: number;
  /** What stands for the node that ends the pattern; undefined if it does not end one. */
  match(node: Node): Replacement | undefined;
}

export const recognizeActivations: Pass = {
  name: 'recognize-activations',
  summary: 'Write Sigmoid, HardSigmoid, HardSwish and Gelu as one operator each where they are spelled out',
  run(rewriting) {
    rewriting.annotate();
    for (const graph of [...allGraphs(rewriting.graph)])
      for (const { opType, since, match } of recognitions) {
        if (rewriting.model.opset < since) continue;
        for (const node of [...graph.nodes]) {
          const found = match(node);
          // A constant of rank 1 or more may have widened the result.
          if (!found || !sameRank(found.inputs[0]!, node.output())) continue;
          replaceNode(graph, node, found);
          rewriting.count(opType);
        }
      }
  },
};

/** In this order: HardSwish is found where HardSigmoid was. */
const recognitions: readonly Recognition[] = [
  { opType: 'Sigmoid', since: 6, match: sigmoid },
  { opType: 'HardSigmoid', since: 6, match: hardSigmoid },
  { opType: 'HardSwish', since: 14, match: hardSwish },
  { opType: 'Gelu', since: 20, match: gelu },
];

/** Multiplications of a value with its own sigmoid: Silu (Swish), which operator sets up to 23 have no name for. */
export const findSilu = (graph: Graph): Node[] =>
  graph.nodes.filter((node) => {
    if (!isOp(node, 'Mul') || node.inputs.length !== 2) return false;
    const [a, b] = [node.input(0), node.input(1)];
    const gates = (gate: Value, x: Value) => isOp(gate.producer, 'Sigmoid') && gate.producer.input(0) === x;
    return gates(a, b) || gates(b, a);
  });

/** `1 / (1 + exp(-x))`, also by Reciprocal. */
function sigmoid(node: Node): Replacement | undefined {
  const isInverse = isOp(node, 'Reciprocal') || (isOp(node, 'Div') && scalarOf(node.inputs[0]) === 1);
  const sum = isInverse ? node.inputs.at(-1)?.producer : undefined;
  const { scalar, other } = (isOp(sum, 'Add') && withScalar(sum)) || {};
  const exp = other?.producer;
  if (scalar !== 1 || !isOp(exp, 'Exp') || !isOp(exp.input(0).producer, 'Neg')) return undefined;
  return { opType: 'Sigmoid', inputs: [exp.input(0).producer!.input(0)] };
}

/** `clip(x + 3, 0, 6) / 6`. */
function hardSigmoid(node: Node): Replacement | undefined {
  if (!isOp(node, 'Mul', 'Div')) return undefined;
  const { scale, factors } = productOf(node.output());
  const x = factors.length === 1 && isNear(scale, 1 / 6) ? relu6OfShifted(factors[0]!) : undefined;
  return x && { opType: 'HardSigmoid', inputs: [x], attributes: { alpha: float(1 / 6), beta: float(0.5) } };
}

/** `x` where a value is `clip(x + 3, 0, 6)`. */
function relu6OfShifted(value: Value): Value | undefined {
  const clip = value.producer;
  const sum = isOp(clip, 'Clip') ? clip.input(0).producer : undefined;
  const { scalar, other } = (isOp(sum, 'Add') && withScalar(sum)) || {};
  const isRelu6 = clip && clipBound(clip, 'min', 1) === 0 && clipBound(clip, 'max', 2) === 6;
  return isRelu6 && scalar === 3 ? other : undefined;
}

const clipBound = (clip: Node, name: string, index: number): number | undefined =>
  clip.attributes.has(name) ? clip.float(name, 0) : scalarOf(clip.inputs[index]);

/** `x * hardsigmoid(x)`, and `x * clip(x + 3, 0, 6) / 6` in any order. */
function hardSwish(node: Node): Replacement | undefined {
  if (!isOp(node, 'Mul', 'Div')) return undefined;
  const { scale, factors } = productOf(node.output());
  const [a, b] = factors;
  if (!a || !b || factors.length !== 2) return undefined;
  const gates = (gate: Value, x: Value): boolean => {
    if (relu6OfShifted(gate) === x) return isNear(scale, 1 / 6);
    const one = gate.producer;
    if (!isOp(one, 'HardSigmoid') || one.input(0) !== x || scale !== 1) return false;
    return isNear(one.float('alpha', 0.2), 1 / 6) && isNear(one.float('beta', 0.5), 0.5);
  };
  const x = gates(a, b) ? b : gates(b, a) ? a : undefined;
  return x && { opType: 'HardSwish', inputs: [x] };
}

/** `0.5 x (1 + erf(x / sqrt 2))`, and its approximation by tanh (Hendrycks and Gimpel 2016, arXiv 1606.08415). */
function gelu(node: Node): Replacement | undefined {
  if (!isOp(node, 'Mul', 'Div')) return undefined;
  const { scale, factors } = productOf(node.output());
  const [a, b] = factors;
  if (!a || !b || factors.length !== 2 || !isNear(scale, 0.5)) return undefined;
  for (const [x, gate] of [[a, b] as const, [b, a] as const]) {
    const { scalar, other } = (isOp(gate.producer, 'Add') && withScalar(gate.producer)) || {};
    const inner = other?.producer;
    if (scalar !== 1 || !inner) continue;
    if (isOp(inner, 'Erf') && isMultiple(inner.input(0), x, Math.SQRT1_2))
      return { opType: 'Gelu', inputs: [x] };
    if (isOp(inner, 'Tanh') && isTanhArgument(inner.input(0), x))
      return { opType: 'Gelu', inputs: [x], attributes: { approximate: 'tanh' } };
  }
  return undefined;
}

function isMultiple(value: Value, x: Value, factor: number): boolean {
  const { scale, factors } = productOf(value);
  return factors.length === 1 && factors[0] === x && isNear(scale, factor);
}

/** `sqrt(2 / pi) (x + 0.044715 x^3)`. */
function isTanhArgument(value: Value, x: Value): boolean {
  const { scale, factors } = productOf(value);
  const sum = factors[0]?.producer;
  if (factors.length !== 1 || !isNear(scale, Math.sqrt(2 / Math.PI)) || !isOp(sum, 'Add')) return false;
  const isCubic = (cubic: Value | undefined) => cubic !== undefined && isCube(cubic, x);
  return (sum.inputs[0] === x && isCubic(sum.inputs[1])) || (sum.inputs[1] === x && isCubic(sum.inputs[0]));
}

/** `0.044715 x^3`, by Pow or by multiplications. */
function isCube(value: Value, x: Value): boolean {
  const { scale, factors } = productOf(value);
  const powers = factors.map((factor) => {
    if (factor === x) return 1;
    const pow = factor.producer;
    if (!isOp(pow, 'Pow') || pow.inputs[0] !== x) return Number.NaN;
    return constantOf(pow.inputs[1])?.size === 1 ? constantOf(pow.inputs[1])!.toNumbers()[0]! : Number.NaN;
  });
  return isNear(scale, 0.044715) && powers.reduce((sum, power) => sum + power, 0) === 3;
}
