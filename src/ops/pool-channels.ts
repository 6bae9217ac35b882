import type { ChannelRule } from './channel-rule.ts';

/** Windows over the spatial axes of [N, C, ...]. */
export const poolChannels: ChannelRule = {
  trace(t) {
    const [batch, channels, ...spatial] = t.input(0);
    t.output([batch, channels, ...spatial.map(() => undefined)]);
    if (t.node.outputs[1]?.name)
      t.fix(
        channels,
        'gives the places of its maxima counted over all channels: take its second output away',
      );
  },
};
