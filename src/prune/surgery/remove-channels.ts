import { ModelError, UsageError } from '../../errors.ts';
import { allValues, type Graph, type Model } from '../../ir/index.ts';
import { annotateTypes, opOf } from '../../ops/index.ts';
import { groupsOf, type LabelledGroup } from '../groups/dependency-groups.ts';
import { traceChannels } from '../groups/trace-channels.ts';
import { Kept } from './kept.ts';
import { NodeShrink } from './node-shrink.ts';
import { shrinkConstants } from './shrink-constants.ts';

/**
 * A copy of the model without some channels of its groups: weights are cut, and what holds sizes (groups of convolutions,
 * targets of reshapes, bounds of slices, lists of indices) is adapted. Inputs and outputs stay as they are.
 * @param removal - by name of the group, as `dependencyGroups` of the same model gives it, the channels to remove.
 * Throws UsageError for a group or channel that does not exist, one that must stay, or all channels of a group.
 */
export function removeChannels(model: Model, removal: ReadonlyMap<string, readonly number[]>): Model {
  const copy = model.clone();
  const { graph } = copy;
  const declared = new Set([...allValues(graph)].filter((value) => value.type).map(({ name }) => name));
  annotateTypes(graph);
  const labels = traceChannels(graph);
  const removed = removedLabels(groupsOf(labels), removal);
  if (removed.size === 0) return model.clone();
  const kept = new Kept(labels, removed);
  const changed = graph.nodes.filter((node) => kept.touches(node));
  for (const node of changed) opOf(node)?.channels?.shrink?.(new NodeShrink(node, kept, copy));
  shrinkConstants(graph, kept);
  retype(graph, declared);
  return copy;
}

function removedLabels(
  groups: readonly LabelledGroup[],
  removal: ReadonlyMap<string, readonly number[]>,
): Set<number> {
  const byName = new Map(groups.map((group) => [group.name, group]));
  const removed = new Set<number>();
  for (const [name, channels] of removal) {
    const group = byName.get(name);
    if (!group) throw UsageError.unknown('group', name, [...byName.keys()]);
    if (group.obstacle !== undefined && channels.length > 0)
      throw new UsageError(`Channels of group '${name}' cannot be removed: ${group.obstacle}`);
    for (const channel of channels) {
      const label = group.labels[channel];
      if (label === undefined)
        throw new UsageError(
          `Channels of group '${name}' are 0 to ${group.channels - 1}; one to remove was ${channel}`,
        );
      removed.add(label);
    }
    if (channels.length > 0 && group.labels.every((label) => removed.has(label)))
      throw new UsageError(`Group '${name}' must keep at least one of its ${group.channels} channels`);
  }
  return removed;
}

/** Types of what nodes make, anew: those that the file had, and those that an operator of unknown types needs. */
function retype(graph: Graph, declared: ReadonlySet<string>): void {
  const outputs = new Map(graph.outputs.map((output) => [output, output.type]));
  const made = graph.nodes.filter((node) => opOf(node)?.channels).flatMap((node) => [...node.outputs]);
  for (const value of made) value.type = undefined;
  annotateTypes(graph);
  for (const [output, type] of outputs) {
    if (type?.shape?.some((dim, i) => typeof dim === 'number' && output.shape?.[i] !== dim))
      throw new ModelError(`Graph output '${output.name}' must be ${type.shape}, became ${output.shape}`);
    output.type = type;
  }
  for (const value of made) if (!declared.has(value.name) && !outputs.has(value)) value.type = undefined;
}
