import type { Model, Value } from '../../../../src/ir/index.ts';
import { product, Tensor } from '../../../../src/ir/index.ts';
import type { Group } from '../../../../src/prune/index.ts';

/**
 * The full model with zeros in all weights that read the removed channels: what it then computes does not depend on
 * them, so that it must give what the model without them gives.
 */
export function masked(
  model: Model,
  groups: readonly Group[],
  removal: ReadonlyMap<string, readonly number[]>,
): Model {
  const copy = model.clone();
  for (const group of groups)
    for (const part of group.parts.filter(({ role }) => role === 'input')) {
      const value = copy.graph.initializers.get(part.initializer.name)!;
      const indices = (removal.get(group.name) ?? []).flatMap((channel) => [...part.indices(channel)]);
      zero(value, part.axis, new Set(indices));
    }
  return copy;
}

function zero(value: Value, axis: number, indices: ReadonlySet<number>): void {
  const { shape, dtype } = value.tensor!;
  const data = Float32Array.from(value.tensor!.data as Float32Array);
  const inner = product(shape.slice(axis + 1));
  for (const i of data.keys()) if (indices.has(Math.floor(i / inner) % shape[axis]!)) data[i] = 0;
  value.tensor = Tensor.of(dtype, data, shape);
}
