import type { Node } from '../ir/index.ts';
import { normalizeAxes } from './axes.ts';
import type { AxisLabels, ChannelRule, ChannelTrace } from './channel-rule.ts';
import { operand, operandInput } from './operand.ts';

/** What is padded around labelled channels is channels too, of nothing yet; negative pads take some away. */
export const padChannels: ChannelRule = {
  trace(t) {
    const pads = padsOf(t.node);
    if (!pads) {
      t.refuse('computes its pads at run time: fold constants first');
      return;
    }
    const output = [...t.input(0)];
    for (const [axis, [begin, end]] of pads) output[axis] = padded(t, output[axis], { begin, end });
    t.output(output);
  },
  shrink({ node, keptOutput, setInts }) {
    const pads = padsOf(node);
    if (!pads) return;
    const moved = [...pads].map(([axis, [begin, end]]): [number, number] => {
      const size = Number(node.input(0).shape?.[axis]);
      const kept = keptOutput(0, axis);
      if (!kept) return [begin, end];
      return [
        kept.filter((index) => index < begin).length,
        kept.filter((index) => index >= begin + size).length,
      ];
    });
    if ([...pads.keys()].some((axis) => keptOutput(0, axis)))
      setInts('pads', 1, [...moved.map(([begin]) => begin), ...moved.map(([, end]) => end)]);
  },
};

function padded(
  t: ChannelTrace,
  labels: AxisLabels,
  { begin, end }: { begin: number; end: number },
): AxisLabels {
  if (begin === 0 && end === 0) return labels;
  if (!labels) return undefined;
  if (begin < 0 || end < 0 || t.node.string('mode', 'constant') !== 'constant') {
    t.fix(labels, 'pads this axis with what is in it, or cuts it: put a Slice in its place to prune');
    return undefined;
  }
  return Int32Array.from([...t.fresh(begin), ...labels, ...t.fresh(end)]);
}

/** Begin and end by axis; undefined if they are not constant. */
function padsOf(node: Node): Map<number, [begin: number, end: number]> | undefined {
  const pads = operand(node, 'pads', 1);
  const rank = node.input(0).shape!.length;
  const axes = operandInput(node, 3) ?? Array.from({ length: rank }, (_, i) => i);
  if (!pads || pads === 'dynamic' || axes === 'dynamic') return undefined;
  return new Map(
    normalizeAxes(node, axes, rank).map((axis, i) => [axis, [pads[i]!, pads[i + axes.length]!]]),
  );
}
