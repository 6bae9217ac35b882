import type { Node } from '../ir/index.ts';
import type { AxisLabels, ChannelRule, ChannelTrace } from './channel-rule.ts';

/** Channels of the output are those of input 0; what else goes in has none (bounds, ratios). */
export const sameChannels: ChannelRule = {
  trace: (t) => {
    for (const index of t.node.outputs.keys()) t.output(t.input(0), index);
  },
};

/** Inputs that broadcast to each other: along each axis, channels of all that are not repeated there go together. */
export const broadcastChannels: ChannelRule = {
  trace: (t) => t.output(broadcastLabels(t, [...t.node.inputs.keys()])),
};

/** Labels of what the inputs at `indices` broadcast to, joined. */
export function broadcastLabels(t: ChannelTrace, indices: readonly number[]): AxisLabels[] {
  const present = indices.filter((index) => t.node.inputs[index]);
  const rank = Math.max(0, ...present.map((index) => rankOf(t.node, index)));
  return Array.from({ length: rank }, (_, axis) => {
    const own = present.flatMap((index) => {
      const at = axis - rank + rankOf(t.node, index);
      return at >= 0 && t.node.input(index).shape?.[at] !== 1 ? [t.input(index)[at]] : [];
    });
    return own.length ? own.reduce((a, b) => t.join(a, b)) : undefined;
  });
}

const rankOf = (node: Node, index: number): number => node.input(index).shape?.length ?? 0;
