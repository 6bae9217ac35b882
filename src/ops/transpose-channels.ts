import type { ChannelRule } from './channel-rule.ts';

export const transposeChannels: ChannelRule = {
  trace(t) {
    const x = t.input(0);
    const perm = t.node.ints('perm') ?? x.map((_, i) => x.length - 1 - i);
    t.output(perm.map((axis) => x[axis]));
  },
};
