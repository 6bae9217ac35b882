import type { AxisLabels, ChannelRule, ChannelTrace } from './channel-rule.ts';

/** Product of matrices or stacks of them: what is summed over goes together, and so do the stacks. */
export const matMulChannels: ChannelRule = {
  trace(t) {
    const [a, b] = [t.input(0), t.input(1)];
    const [left, right] = [sidesOf(a, 0), sidesOf(b, 1)];
    if (left.inner >= 0) t.role(0, left.inner, 'input');
    if (left.outer >= 0) t.role(0, left.outer, 'output');
    t.role(1, right.inner, 'input');
    if (right.outer >= 0) t.role(1, right.outer, 'output');
    t.join(a[left.inner], b[right.inner]);
    const stack = stackLabels(t);
    t.output([
      ...stack,
      ...(left.outer >= 0 ? [a[left.outer]] : []),
      ...(right.outer >= 0 ? [b[right.outer]] : []),
    ]);
  },
};

/** Which axis is summed over and which is the output's; -1 where a vector has none. */
function sidesOf(axes: readonly AxisLabels[], side: 0 | 1): { inner: number; outer: number } {
  const rank = axes.length;
  if (rank === 1) return { inner: 0, outer: -1 };
  return side === 0 ? { inner: rank - 1, outer: rank - 2 } : { inner: rank - 2, outer: rank - 1 };
}

function stackLabels(t: ChannelTrace): AxisLabels[] {
  const shapes = [0, 1].map((index) => t.node.input(index).shape!.slice(0, -2));
  const rank = Math.max(...shapes.map(({ length }) => length));
  const stack = Array.from({ length: rank }, (_, axis) => {
    const own = [0, 1].flatMap((index) => {
      const at = axis - rank + shapes[index]!.length;
      if (at >= 0) t.role(index, at, 'output');
      return at >= 0 && shapes[index]![at] !== 1 ? [t.input(index)[at]] : [];
    });
    return own.length ? own.reduce((x, y) => t.join(x, y)) : undefined;
  });
  // Each product of the stack is one of an attention head.
  if (shapes.every(({ length }) => length > 0)) for (const axis of stack) t.prefer(axis);
  return stack;
}

/** A' B' + C, with A and B transposed as the attributes say. */
export const gemmChannels: ChannelRule = {
  trace(t) {
    const { node } = t;
    const [a, b] = [t.input(0), t.input(1)];
    const [rows, inner] = node.int('transA', 0) ? [1, 0] : [0, 1];
    const [depth, columns] = node.int('transB', 0) ? [1, 0] : [0, 1];
    t.role(0, rows, 'output');
    t.role(0, inner, 'input');
    t.role(1, depth, 'input');
    t.role(1, columns, 'output');
    t.join(a[inner], b[depth]);
    const output = [a[rows], b[columns]];
    if (node.inputs[2]) joinAddend(t, output);
    t.output(output);
  },
};

/** C broadcasts to the product. */
function joinAddend(t: ChannelTrace, output: readonly AxisLabels[]): void {
  const shape = t.node.input(2).shape!;
  for (const [axis, dim] of shape.entries())
    if (dim !== 1) t.join(output[axis + output.length - shape.length], t.input(2)[axis]);
}
