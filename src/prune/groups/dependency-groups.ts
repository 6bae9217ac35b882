import type { Model, Node, Value } from '../../ir/index.ts';
import { annotateTypes } from '../../ops/index.ts';
import type { ChannelLabels } from './channel-labels.ts';
import type { Group, GroupPart, PartRole } from './group.ts';
import { traceChannels } from './trace-channels.ts';

/** A group with what surgery must know: the label that stands for each of its channels. */
export interface LabelledGroup extends Group {
  readonly labels: readonly number[];
}

/**
 * The groups of channels that can only be removed together, found from what every operator says of its axes
 * (DepGraph, Fang et al. 2023, arXiv 2301.12900, with exact indices instead of a graph of layers). Channels that must stay
 * are groups too, with an obstacle. Throws ModelError where types contradict an operator.
 */
export function dependencyGroups(model: Model): { groups: Group[] } {
  const copy = model.clone();
  annotateTypes(copy.graph);
  const original = originals(model, copy);
  return { groups: groupsOf(traceChannels(copy.graph), original).map(({ labels: _, ...group }) => group) };
}

/** What the nodes and constants of a copy are in the model that it was made of. */
interface Originals {
  node(node: Node): Node;
  value(value: Value): Value;
}

function originals(model: Model, copy: Model): Originals {
  const nodes = new Map(copy.graph.nodes.map((node, i) => [node, model.graph.nodes[i]!]));
  return {
    node: (node) => nodes.get(node) ?? node,
    value: (value) => model.graph.initializers.get(value.name) ?? value,
  };
}

/** Where a label occurs, in one axis of a constant. */
interface Part extends Omit<GroupPart, 'indices'> {
  readonly id: number;
}

/** Everything with one label: its indices by part. */
type Occurrences = Map<Part, number[]>;

/** Groups of a labelled graph, in the order in which nodes make their channels. */
export function groupsOf(labels: ChannelLabels, original?: Originals): LabelledGroup[] {
  const units = unitsOf(labels, original);
  const groups = new Map<string, [label: number, Occurrences][]>();
  for (const [label, parts] of units) {
    if (!isMade(parts) && !isRead(parts, labels.sets.reason(label))) continue;
    const ids = [...parts.keys()].map(({ id }) => id).sort((a, b) => a - b);
    const key = `${ids} ${labels.sets.reason(label) ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), [label, parts]]);
  }
  const names = new Map<string, number>();
  return [...groups.values()].map((members) => groupOf(members, labels, names));
}

const isMade = (parts: Occurrences): boolean => [...parts.keys()].some(({ role }) => role === 'output');

/** Channels of a graph input have a reason to stay that needs no mention; others that weights read are listed. */
const isRead = (parts: Occurrences, reason: string | undefined): boolean =>
  reason === undefined && [...parts.keys()].some(({ role }) => role === 'input');

function unitsOf({ uses, sets }: ChannelLabels, original: Originals | undefined): Map<number, Occurrences> {
  const units = new Map<number, Occurrences>();
  const parts = new Map<string, Part>();
  for (const use of uses)
    for (const [axis, axisLabels] of use.axes.entries()) {
      const role: PartRole = use.roles.get(axis) ?? 'parameter';
      // Tied weights are one part in each of their roles.
      const tied = use.axes.filter(Boolean).length > 1 ? '' : `${use.node.outputs[0]?.name}/${use.index}`;
      const key = `${use.value.name}/${axis}/${role}/${tied}`;
      const node = original?.node(use.node) ?? use.node;
      const initializer = original?.value(use.value) ?? use.value;
      const known = parts.has(key);
      const part = parts.get(key) ?? { id: parts.size, node, initializer, axis, role };
      parts.set(key, part);
      if (known) continue;
      for (const [index, label] of (axisLabels ?? []).entries()) {
        const root = sets.find(label);
        const unit = units.get(root) ?? new Map<Part, number[]>();
        units.set(root, unit);
        unit.set(part, [...(unit.get(part) ?? []), index]);
      }
    }
  return units;
}

function groupOf(
  members: readonly [label: number, Occurrences][],
  { sets }: ChannelLabels,
  names: Map<string, number>,
): LabelledGroup {
  const parts = [...members[0]![1].keys()];
  const maker =
    parts.find(({ role }) => role === 'output') ?? parts.findLast(({ role }) => role === 'input')!;
  const sorted = members.toSorted(([, a], [, b]) => a.get(maker)![0]! - b.get(maker)![0]!);
  const base = maker.node.name || maker.node.outputs[0]!.name;
  const times = (names.get(base) ?? 0) + 1;
  names.set(base, times);
  const obstacle =
    maker.role === 'output'
      ? sets.reason(sorted[0]![0])
      : `${maker.node.label} reads channels that no weights make whose output Edgebook knows: fold constants first`;
  return {
    name: times === 1 ? base : `${base}#${times}`,
    channels: sorted.length,
    parts: parts.map((part) => {
      const { node, initializer, axis, role } = part;
      return { node, initializer, axis, role, indices: (channel) => sorted[channel]?.[1].get(part) ?? [] };
    }),
    labels: sorted.map(([label]) => label),
    ...(obstacle !== undefined && { obstacle }),
  };
}
