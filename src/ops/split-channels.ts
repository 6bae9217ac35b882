import { normalizeAxis } from './axes.ts';
import type { ChannelRule } from './channel-rule.ts';
import { operand } from './operand.ts';

/** Each output has the labels of its part; the sizes become explicit where they change. */
export const splitChannels: ChannelRule = {
  trace(t) {
    const x = t.input(0);
    const axis = normalizeAxis(t.node, t.node.int('axis', 0), x.length);
    if (operand(t.node, 'split', 1) === 'dynamic') {
      t.refuse('computes its sizes at run time: fold constants first');
      return;
    }
    let start = 0;
    for (const [index, output] of t.node.outputs.entries()) {
      const size = Number(output.shape?.[axis]);
      t.output(x.with(axis, x[axis]?.slice(start, start + size)), index);
      start += size;
    }
  },
  shrink({ node, opset, keptInput, keptOutput, setInts }) {
    const axis = normalizeAxis(node, node.int('axis', 0), node.input(0).shape!.length);
    if (!keptInput(0, axis)) return;
    const sizes = node.outputs.map(
      (output, index) => keptOutput(index, axis)?.length ?? Number(output.shape?.[axis]),
    );
    node.attributes.delete('num_outputs');
    if (opset < 13) node.attributes.set('split', { type: 'ints', value: sizes });
    else setInts('split', 1, sizes);
  },
};
