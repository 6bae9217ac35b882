import { normalizeAxis } from './axes.ts';
import type { ChannelRule, ChannelTrace } from './channel-rule.ts';
import { operandInput } from './operand.ts';

/** Functions along one axis whose every element depends on the others there, so that none of these can go. */
export const mixingChannels = (
  axisOf: (t: ChannelTrace) => number | 'dynamic' = attributeAxis,
): ChannelRule => ({
  trace(t) {
    const axis = axisOf(t);
    if (axis === 'dynamic') {
      t.refuse('computes its axis at run time: fold constants first');
      return;
    }
    const x = t.input(0);
    t.fix(x[normalizeAxis(t.node, axis, x.length)], 'mixes all that is along this axis');
    t.output(x);
  },
});

const attributeAxis = (t: ChannelTrace): number => t.node.int('axis', -1);

/** The axis as a constant input 1. */
export function inputAxis(t: ChannelTrace): number | 'dynamic' {
  const axis = operandInput(t.node, 1);
  return axis === 'dynamic' || axis === undefined ? 'dynamic' : axis[0]!;
}
