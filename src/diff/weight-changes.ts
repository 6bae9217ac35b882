import type { Model, Value } from '../ir/index.ts';
import { dequantizedConstant, modelWeights, type Weight } from '../quantize/index.ts';
import type { NodePair } from './match-nodes.ts';

/** How a weight differs from the one of the same name, or of the same node. */
export interface WeightChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** Frobenius norm of the difference over that of the weight before; undefined where the sizes differ. */
  readonly relative: number | undefined;
  /** Share of elements that are zero now and were not before. */
  readonly zeroed: number | undefined;
}

/**
 * Weights that changed, in real numbers: integer ones through their DequantizeLinear. Each is compared with what its node
 * has at the same input in the other model.
 */
export function weightChanges(pairs: readonly NodePair[], before: Model, after: Model): WeightChange[] {
  const [old, now] = [byName(before), byName(after)];
  const seen = new Set<string>();
  return pairs.flatMap((pair) =>
    pair.before.inputs.flatMap((input, i) => {
      const [name, twin] = [sourceOf(input), sourceOf(pair.after.inputs[i])];
      if (name === undefined || seen.has(name)) return [];
      seen.add(name);
      const [a, b] = [old.get(name), now.get(twin ?? '')];
      return a && b ? changeOf(a, b) : [];
    }),
  );
}

const byName = (model: Model): Map<string, Weight> =>
  new Map(modelWeights(model).map((weight) => [weight.name, weight]));

/** The constant that a value is or is dequantized from. */
function sourceOf(value: Value | undefined): string | undefined {
  const node = value?.producer;
  if (!node) return value?.tensor && value.name;
  return node.opType === 'DequantizeLinear' ? dequantizedConstant(node)?.name : undefined;
}

function changeOf(a: Weight, b: Weight): WeightChange[] {
  const [before, after] = [`${a.dtype} ${a.values.length}`, `${b.dtype} ${b.values.length}`];
  if (a.values.length !== b.values.length)
    return [{ name: a.name, before, after, relative: undefined, zeroed: undefined }];
  let [difference, norm, zeroed] = [0, 0, 0];
  a.values.forEach((x, i) => {
    const y = b.values[i]!;
    difference += (y - x) ** 2;
    norm += x ** 2;
    if (y === 0 && x !== 0) zeroed++;
  });
  if (difference === 0 && a.dtype === b.dtype) return [];
  const relative = Math.sqrt(difference) / (Math.sqrt(norm) || 1);
  return [{ name: a.name, before, after, relative, zeroed: zeroed / a.values.length }];
}
