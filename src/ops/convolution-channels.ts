import type { Node } from '../ir/index.ts';
import type { AxisLabels, ChannelRule, ChannelTrace } from './channel-rule.ts';

/** Where a convolution has its weight [M, C/group, ...] and, in some domains, its bias. */
interface ConvInputs {
  readonly weight: number;
  readonly bias: number;
}

/** Convolution of X [N, C, ...]; the number of groups follows from what is left. */
export const convChannels = ({ weight, bias }: ConvInputs): ChannelRule => ({
  trace(t) {
    const [output, input] = t.input(weight);
    t.role(weight, 0, 'output');
    t.role(weight, 1, 'input');
    const channels = t.input(0)[1];
    const group = t.node.int('group', 1);
    if (group === 1) t.join(channels, input);
    else
      joinGroups(t, group, [
        { axis: channels, width: Number(t.node.input(weight).shape![1]), shared: input },
        { axis: output, width: Number(t.node.input(weight).shape![0]) / group },
      ]);
    if (t.node.inputs[bias]) t.join(output, t.input(bias)[0]);
    t.output(mapped(t, output));
  },
  shrink({ node, keptInput }) {
    const channels = keptInput(0, 1)?.length ?? Number(node.input(0).shape?.[1]);
    regroup(node, channels, keptInput(weight, 1)?.length ?? Number(node.input(weight).shape?.[1]));
  },
});

/** Transposed convolution of X [N, C, ...] with W [C, M/group, ...]. */
export const convTransposeChannels: ChannelRule = {
  trace(t) {
    const [input, perGroup] = t.input(1);
    t.role(1, 0, 'input');
    t.role(1, 1, 'output');
    const channels = t.input(0)[1];
    const group = t.node.int('group', 1);
    const output = t.fresh(Number(t.node.input(1).shape![1]) * group);
    if (group === 1) t.join(output, perGroup);
    t.join(channels, input);
    if (group !== 1)
      joinGroups(t, group, [
        { axis: channels, width: Number(t.node.input(1).shape![0]) / group },
        { axis: output, width: Number(t.node.input(1).shape![1]), shared: perGroup },
      ]);
    if (t.node.inputs[2]) t.join(output, t.input(2)[0]);
    t.output(mapped(t, output));
  },
  shrink({ node, keptOutput, keptInput }) {
    const channels = keptOutput(0, 1)?.length ?? Number(node.output().shape?.[1]);
    regroup(node, channels, keptInput(1, 1)?.length ?? Number(node.input(1).shape?.[1]));
  },
};

/** Labels of the output: batch, channels, and places, whose labels nothing needs. */
const mapped = (t: ChannelTrace, channels: AxisLabels): (AxisLabels | undefined)[] => {
  const [batch, , ...places] = t.input(0);
  return [batch, channels, ...places.map(() => undefined)];
};

/** As many groups as the channels that are left make. */
function regroup(node: Node, channels: number, perGroup: number): void {
  if (node.int('group', 1) !== 1) node.attributes.set('group', { type: 'int', value: channels / perGroup });
}

/** Channels as [group, one of the group]. */
export interface GroupedAxis {
  readonly axis: AxisLabels;
  /** Channels of a group. */
  readonly width: number;
  /** An axis of `width` indices that all groups share. */
  readonly shared?: AxisLabels;
}

/**
 * Joins channels that are [group, one of the group]. The groups must stay equally wide, so that either whole groups
 * go, or the same one of every group: whichever leaves more units. Whole ones in a depthwise convolution, whose groups
 * have one channel.
 */
export function joinGroups(t: ChannelTrace, group: number, sides: readonly GroupedAxis[]): void {
  const widths = sides.map(({ width }) => width);
  if (goesWhole(group, widths)) {
    joinByKey(
      t,
      sides.map(({ axis, width }) => ({ axis, key: (index: number) => Math.floor(index / width) })),
    );
    return;
  }
  for (const { axis, width, shared } of sides)
    joinByKey(
      t,
      [axis, ...(shared ? [shared] : [])].map((one) => ({
        axis: one,
        key: (index: number) => index % width,
      })),
    );
}

/** Whether whole groups go, rather than a channel of each: if that leaves more units. */
export const goesWhole = (group: number, widths: readonly number[]): boolean => Math.min(...widths) < group;

/** Joins all indices, of whichever axis, that have the same key. */
export function joinByKey(
  t: ChannelTrace,
  parts: readonly { readonly axis: AxisLabels; key(index: number): number }[],
): void {
  if (parts.some(({ axis }) => !axis)) {
    for (const { axis } of parts) t.join(axis, undefined);
    return;
  }
  const first = new Map<number, number>();
  for (const { axis, key } of parts)
    for (const [index, label] of axis!.entries()) {
      const known = first.get(key(index));
      if (known === undefined) first.set(key(index), label);
      else t.join(Int32Array.of(known), Int32Array.of(label));
    }
}
