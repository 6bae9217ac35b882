import type { ChannelRule } from './channel-rule.ts';
import { operandInput } from './operand.ts';
import { resizingOf } from './resize-shape.ts';

/** Axes that keep their size keep their labels; what is interpolated along must stay. */
export const resizeChannels: ChannelRule = {
  trace(t) {
    const [from, to] = [t.node.input(0).shape!, t.node.output().shape!];
    t.output(
      t.input(0).map((axis, i) => {
        if (from[i] === to[i]) return axis;
        t.fix(axis, 'interpolates along this axis');
        return undefined;
      }),
    );
  },
  shrink({ node, keptInput, setInts }) {
    const sizes = operandInput(node, 3);
    if (!sizes || sizes === 'dynamic') return;
    const { axes } = resizingOf(node, node.input(0).shape!.length);
    setInts(
      'sizes',
      3,
      sizes.map((size, i) => keptInput(0, axes[i]!)?.length ?? size),
    );
  },
};
