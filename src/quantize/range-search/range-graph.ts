import { backward, withOpsets } from '../../autodiff/index.ts';
import { type GraphBuilder, type Model, product, type Value } from '../../ir/index.ts';
import { createBuilder } from '../../ops/index.ts';
import type { ActivationEncoding } from '../encodings.ts';
import { copyFloat, directedLoss, rounded, rowsOf } from '../search/shadow.ts';

/** Encodings to try for values that share a scale, by their names. */
export interface Candidates {
  /** Names of the values whose errors count. */
  readonly values: readonly string[];
  readonly encodings: readonly ActivationEncoding[];
}

/**
 * A model that tries all candidates in one run: takes the float model's inputs and `direction/<output>`, gives `effect`,
 * float32 [candidates of all roots]: the sum over samples of (gradient . rounding error)^2. `float` has static shapes,
 * batch first. Throws ModelError for an operator without gradient between a value and an output.
 */
export function rangeGraph(float: Model, candidates: readonly Candidates[]): Model {
  const g = createBuilder({ name: 'ranges' });
  const names = [...new Set(candidates.flatMap(({ values }) => values))];
  const { of, outputs, tape } = copyFloat(g, float, names);
  const found = backward(g, directedLoss(g, outputs), names.map(of), tape);
  const gradients = new Map(names.map((name, i) => [name, found[i]]));
  const batch = float.graph.feeds[0]!.shape![0] as number;
  const effects = candidates.map(({ values, encodings }) => {
    const parts = values.flatMap((name) => {
      const gradient = gradients.get(name);
      return gradient ? [triedEffects(g, { value: of(name), gradient, encodings, batch })] : [];
    });
    const none = () => g.constant('float32', new Float32Array(encodings.length), [encodings.length]);
    return parts.length > 0 ? parts.reduce((sum, part) => g.op('Add', [sum, part])) : none();
  });
  g.output(g.op('Concat', effects, { axis: 0 }), 'effect');
  return withOpsets(g.graph, float);
}

interface Tried {
  readonly value: Value;
  readonly gradient: Value;
  readonly encodings: readonly ActivationEncoding[];
  readonly batch: number;
}

/** Numbers of a tensor that holds a value once for each of several encodings: 16 MB, twice at a time. */
const together = 2 ** 22;

/** A vector with a number for each encoding. Many are computed at once: nodes cost onnxruntime more than they compute. */
function triedEffects(g: GraphBuilder, { value, gradient, encodings, batch }: Tried): Value {
  const shape = g.int64s([1, rowsOf(value, batch), -1]);
  const [exact, slope] = [value, gradient].map((v) => g.op('Reshape', [v, shape]));
  const most = Math.max(1, Math.floor(together / product(value.shape as number[])));
  const parts: Value[] = [];
  for (let from = 0; from < encodings.length; from += most) {
    const some = encodings.slice(from, from + most).map((encoding) => rounded(g, exact!, encoding));
    const tried = g.op('Concat', some, { axis: 0 });
    const products = g.op('Mul', [g.op('Sub', [tried, exact!]), slope!]);
    const dots = g.op('ReduceSum', [products, g.int64s([2])], { keepdims: 0 });
    parts.push(g.op('ReduceSum', [g.op('Mul', [dots, dots]), g.int64s([1])], { keepdims: 0 }));
  }
  return g.op('Concat', parts, { axis: 0 });
}
