import type { ChannelRule } from './channel-rule.ts';
import { reducedAxes } from './reduce.ts';

/** Channels that are reduced end here. */
export const reduceChannels: ChannelRule = {
  trace(t) {
    const x = t.input(0);
    const axes = reducedAxes(t.node, x.length);
    if (axes === 'dynamic') {
      t.refuse('computes its axes at run time: fold constants first');
      return;
    }
    const keep = t.node.int('keepdims', 1) === 1;
    t.output(
      keep
        ? x.map((axis, i) => (axes.includes(i) ? undefined : axis))
        : x.filter((_, i) => !axes.includes(i)),
    );
  },
};
