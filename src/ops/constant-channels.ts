import type { ChannelRule } from './channel-rule.ts';

/** A Constant node is not cut: constants that are initializers are. */
export const constantChannels: ChannelRule = {
  trace(t) {
    const axes = (t.node.output().shape ?? []).map((dim) =>
      typeof dim === 'number' && dim > 1 ? t.fresh(dim) : undefined,
    );
    for (const axis of axes) t.fix(axis, 'is a node, not an initializer: simplify the model first');
    t.output(axes);
  },
};

/** What gives sizes gives the new ones. */
export const sizeChannels: ChannelRule = { trace: (t) => t.output([]) };
