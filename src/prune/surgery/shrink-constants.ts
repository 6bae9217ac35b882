import { type Graph, type Tensor, Value } from '../../ir/index.ts';
import type { ConstantUse } from '../groups/channel-labels.ts';
import { takeIndices } from './take-indices.ts';

/** Which indices of an axis to take, in their order; undefined for all as they are. */
export interface Taking {
  readonly uses: readonly ConstantUse[];
  indices(axis: ConstantUse['axes'][number]): readonly number[] | undefined;
}

/** Cuts the constants. One that several nodes use and that loses different indices for them becomes several. */
export function shrinkConstants(graph: Graph, kept: Taking): void {
  const byValue = new Map<Value, ConstantUse[]>();
  for (const use of kept.uses) byValue.set(use.value, [...(byValue.get(use.value) ?? []), use]);
  for (const [value, uses] of byValue) shrinkConstant(graph, value, { uses, kept });
}

function shrinkConstant(
  graph: Graph,
  value: Value,
  { uses, kept }: { uses: readonly ConstantUse[]; kept: Taking },
): void {
  const forms = new Map<string, ConstantUse[]>();
  for (const use of uses) {
    const form = JSON.stringify(keptAxes(use, kept));
    forms.set(form, [...(forms.get(form) ?? []), use]);
  }
  const alone = forms.size === 1 && uses.length === value.uses.length && !graph.outputs.includes(value);
  for (const members of forms.values()) {
    const axes = keptAxes(members[0]!, kept);
    if (axes.every((axis) => axis === null)) continue;
    const tensor = takeIndices(value.tensor!, axes);
    if (alone) resize(value, tensor);
    else replaceUses(graph, members, tensor);
  }
  if (value.uses.length === 0 && !graph.outputs.includes(value)) graph.initializers.delete(value.name);
}

const keptAxes = (use: ConstantUse, kept: Taking): (readonly number[] | null)[] =>
  use.axes.map((axis) => kept.indices(axis) ?? null);

function resize(value: Value, tensor: Tensor): void {
  value.tensor = tensor;
  value.type = { dtype: tensor.dtype, shape: tensor.shape };
}

function replaceUses(graph: Graph, uses: readonly ConstantUse[], tensor: Tensor): void {
  const twin = graph.addInitializer(new Value(graph.uniqueName(uses[0]!.value.name), undefined, tensor));
  for (const { node, index } of uses) node.setInput(index, twin);
}
