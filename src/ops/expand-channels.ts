import type { AxisLabels, ChannelRule } from './channel-rule.ts';
import { operandInput } from './operand.ts';

/** An axis that is repeated has channels of its own, which nothing makes. */
export const expandChannels: ChannelRule = {
  trace(t) {
    if (operandInput(t.node, 1) === 'dynamic') {
      t.refuse('computes its shape at run time: fold constants first');
      return;
    }
    const [from, to] = [t.node.input(0).shape!, t.node.output().shape!];
    t.output(
      to.map((size, axis): AxisLabels => {
        const at = axis - to.length + from.length;
        if (at >= 0 && from[at] !== 1) return t.input(0)[at];
        return typeof size === 'number' && size > 1 ? t.fresh(size) : undefined;
      }),
    );
  },
  shrink({ node, keptOutput, setInts }) {
    const wanted = operandInput(node, 1);
    if (!wanted || wanted === 'dynamic') return;
    const rank = node.output().shape!.length;
    const sizes = wanted.map((size, i) => {
      const kept = keptOutput(0, i + rank - wanted.length);
      return kept && size !== 1 ? kept.length : size;
    });
    if (sizes.some((size, i) => size !== wanted[i])) setInts('shape', 1, sizes);
  },
};

/** Copies of an index go together. */
export const tileChannels: ChannelRule = {
  trace(t) {
    const repeats = operandInput(t.node, 1);
    if (!repeats || repeats === 'dynamic') {
      t.refuse('computes its repeats at run time: fold constants first');
      return;
    }
    t.output(t.input(0).map((axis, i) => axis && Int32Array.from(repeated(axis, repeats[i]!))));
  },
};

const repeated = (axis: Int32Array, times: number): number[] =>
  Array.from({ length: times }, () => [...axis]).flat();
