import { normalizeAxis } from './axes.ts';
import type { AxisLabels, ChannelRule, ChannelTrace } from './channel-rule.ts';

/** Along the axis labels follow each other; along the others they go together. */
export const concatChannels: ChannelRule = {
  trace(t) {
    const inputs = t.node.inputs.map((_, index) => t.input(index));
    const rank = inputs[0]!.length;
    const along = normalizeAxis(t.node, t.node.int('axis', 1), rank);
    t.output(
      Array.from({ length: rank }, (_, axis) => {
        const labels = inputs.map((axes) => axes[axis]);
        return axis === along ? chain(t, labels, along) : labels.reduce((a, b) => t.join(a, b));
      }),
    );
  },
};

function chain(t: ChannelTrace, labels: readonly AxisLabels[], axis: number): AxisLabels {
  const sizes = labels.map((one, index) => one?.length ?? t.node.input(index).shape?.[axis]);
  if (sizes.some((size) => typeof size !== 'number')) {
    for (const one of labels) t.fix(one, 'joins it with an axis of unknown size: give the inputs sizes');
    return undefined;
  }
  const whole = labels.map((one, i) => one ?? kept(t, sizes[i] as number));
  return Int32Array.from(whole.flatMap((one) => [...one]));
}

function kept(t: ChannelTrace, size: number): Int32Array {
  const labels = t.fresh(size);
  t.fix(labels, 'puts it beside an axis that must keep its size');
  return labels;
}
