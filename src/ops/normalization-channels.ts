import type { ChannelRule } from './channel-rule.ts';
import { goesWhole, joinGroups } from './convolution-channels.ts';

/** X [N, C, ...] with vectors [C], one element a channel: all inputs but the first. */
export const channelwiseChannels: ChannelRule = {
  trace(t) {
    let channels = t.input(0)[1];
    for (const index of [...t.node.inputs.keys()].slice(1)) channels = t.join(channels, t.input(index)[0]);
    t.output(t.input(0).with(1, channels));
    for (const index of [...t.node.outputs.keys()].slice(1)) t.output([channels], index);
  },
};

/** Scale and bias broadcast to the last axes of X, which is normalized over what is left of them. */
export const layerNormalizationChannels: ChannelRule = {
  trace(t) {
    const x = t.input(0);
    for (const index of [1, 2].filter((i) => t.node.inputs[i])) {
      const shape = t.node.input(index).shape!;
      for (const [axis, dim] of shape.entries())
        if (dim !== 1) t.join(x[axis + x.length - shape.length], t.input(index)[axis]);
    }
    t.output(x);
  },
};

/** Whole groups can go, whose statistics are their own, or the same channel of every group. */
export const groupNormalizationChannels: ChannelRule = {
  trace(t) {
    const group = t.node.int('num_groups', 1);
    const channels = t.join(t.join(t.input(0)[1], t.input(1)[0]), t.input(2)[0]);
    if (group > 1) joinGroups(t, group, [{ axis: channels, width: (channels?.length ?? 0) / group }]);
    t.output(t.input(0).with(1, channels));
  },
  shrink({ node, keptInput }) {
    const group = node.int('num_groups', 1);
    const width = Number(node.input(0).shape?.[1]) / group;
    const kept = keptInput(0, 1);
    if (kept && goesWhole(group, [width]))
      node.attributes.set('num_groups', { type: 'int', value: kept.length / width });
  },
};
