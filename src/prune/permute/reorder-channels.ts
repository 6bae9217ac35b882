import { UsageError } from '../../errors.ts';
import { allValues, type Model } from '../../ir/index.ts';
import { annotateTypes } from '../../ops/index.ts';
import { groupsOf, type LabelledGroup } from '../groups/dependency-groups.ts';
import { traceChannels } from '../groups/trace-channels.ts';
import { shrinkConstants } from '../surgery/shrink-constants.ts';
import { Reordered } from './reordered.ts';

/**
 * A copy of the model in which channels of its groups change places, in all weights that make, read or accompany them.
 * Only an operator that treats the channels of a group differently can make the outputs differ by more than the order of
 * sums; `permuteChannels` checks for that.
 * @param orders - by name of the group, as `dependencyGroups` of the same model gives it, by place the channel to put there.
 * Throws UsageError for a group that does not exist or must stay, and an order that is no permutation of its channels.
 */
export function reorderChannels(model: Model, orders: ReadonlyMap<string, readonly number[]>): Model {
  const copy = model.clone();
  const { graph } = copy;
  const untyped = new Set([...allValues(graph)].filter((value) => !value.type));
  annotateTypes(graph);
  const labels = traceChannels(graph);
  const sources = sourceLabels(groupsOf(labels), orders);
  shrinkConstants(graph, new Reordered(labels, sources));
  for (const value of untyped) if (!value.tensor) value.type = undefined;
  return copy;
}

function sourceLabels(
  groups: readonly LabelledGroup[],
  orders: ReadonlyMap<string, readonly number[]>,
): Map<number, number> {
  const byName = new Map(groups.map((group) => [group.name, group]));
  const sources = new Map<number, number>();
  for (const [name, order] of orders) {
    const group = byName.get(name);
    if (!group) throw UsageError.unknown('group', name, [...byName.keys()]);
    if (group.obstacle !== undefined)
      throw new UsageError(`Channels of group '${name}' cannot change places: ${group.obstacle}`);
    if (
      order.toSorted((a, b) => a - b).some((channel, i) => channel !== i) ||
      order.length !== group.channels
    )
      throw new UsageError(
        `The order of group '${name}' must hold each of 0 to ${group.channels - 1} once, was ${order}`,
      );
    for (const [place, label] of group.labels.entries()) sources.set(label, group.labels[order[place]!]!);
  }
  return sources;
}
