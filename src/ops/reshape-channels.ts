import type { AxisLabels, ChannelRule, ChannelTrace } from './channel-rule.ts';
import { joinByKey } from './convolution-channels.ts';
import { operand } from './operand.ts';
import { reshapeSegments, type Segment, type SegmentAxis } from './reshape-segments.ts';

/** For operators that lay the same elements out in another shape. */
export const relayoutChannels: ChannelRule = { trace: relayout };

/** The target may be constant, then its sizes are adapted. */
export const reshapeChannels: ChannelRule = {
  trace(t) {
    if (operand(t.node, 'shape', 1) === 'dynamic')
      t.refuse('computes its shape at run time: simplify the model first, with sizes for its inputs');
    else relayout(t);
  },
  shrink({ node, keptOutput, setInts }) {
    const wanted = operand(node, 'shape', 1);
    if (!wanted || wanted === 'dynamic') return;
    const sizes = wanted.map((size, axis) => {
      const kept = keptOutput(0, axis);
      return kept && size > 0 ? kept.length : size;
    });
    if (sizes.some((size, axis) => size !== wanted[axis])) setInts('shape', 1, sizes);
  },
};

/**
 * Where an axis falls into several, or several become one, one of them carries the labels and nothing of the others can
 * be removed: attention heads, else what leaves most units.
 */
function relayout(t: ChannelTrace): void {
  const [from, to] = [t.node.input(0).shape!, t.node.output().shape!];
  const segments = reshapeSegments(from, to);
  if (!segments) {
    t.refuse("changes a shape whose sizes are not known: give the model's inputs sizes");
    return;
  }
  const output: AxisLabels[] = to.map(() => undefined);
  for (const segment of segments)
    for (const [axis, labels] of segmentLabels(t, segment)) output[axis] = labels;
  t.output(output);
}

type Labelled = [axis: number, labels: AxisLabels];

function segmentLabels(t: ChannelTrace, segment: Segment): Labelled[] {
  const { inputs, outputs } = segment;
  const x = t.input(0);
  if (inputs.length === 1 && outputs.length === 1) return [[outputs[0]!.axis, x[inputs[0]!.axis]]];
  if (t.foreseen(outputs[0]!.axis) === undefined) return scoutLabels(t, outputs);
  const carrier = carrierOf(t, segment);
  for (const { axis } of inputs)
    if (axis !== carrier?.input.axis)
      t.fix(x[axis], 'lays it out with other axes, one of which keeps its size');
  return carrier ? [carriedLabels(t, carrier)] : [];
}

const scoutLabels = (t: ChannelTrace, outputs: readonly SegmentAxis[]): Labelled[] =>
  outputs.map(({ axis, size }) => [
    axis,
    typeof t.node.output().shape?.[axis] === 'number' ? t.fresh(size) : undefined,
  ]);

/** A factor of an axis of the input and of one of the output. */
interface Carrier {
  readonly input: SegmentAxis;
  readonly output: SegmentAxis;
  /** Which index of the factor an index of the axis has. */
  inputKey(index: number): number;
  outputKey(index: number): number;
}

/** The factor that is a natural unit, else the one that leaves most units. Undefined if no input axis has labels. */
function carrierOf(t: ChannelTrace, segment: Segment): Carrier | undefined {
  const { shape } = t.node.output();
  let best: { carrier: Carrier; score: number } | undefined;
  for (const factor of segment.factors?.keys() ?? []) {
    const carrier = carrierAt(segment, factor);
    const labels = t.input(0)[carrier.input.axis];
    const { axis } = carrier.output;
    if (!labels || typeof shape?.[axis] !== 'number') continue;
    const units = unitsIf(t, labels, carrier.inputKey);
    const foreseen = t.foreseen(axis);
    const score = foreseen === 'unit' ? units + 2 ** 32 : foreseen === 'free' ? units : 0;
    if (!best || score > best.score) best = { carrier, score };
  }
  return best?.carrier;
}

function carrierAt({ inputs, outputs, factors }: Segment, factor: number): Carrier {
  const has = ({ first, last }: SegmentAxis): boolean => first <= factor && factor < last;
  const [input, output] = [inputs.find(has)!, outputs.find(has)!];
  const size = factors![factor]!;
  const key = ({ last }: SegmentAxis) => {
    const inner = factors!.slice(factor + 1, last).reduce((a, b) => a * b, 1);
    return (index: number): number => Math.floor(index / inner) % size;
  };
  return { input, output, inputKey: key(input), outputKey: key(output) };
}

/** How many units are left if all indices with the same key go together. */
function unitsIf(t: ChannelTrace, labels: Int32Array, key: (index: number) => number): number {
  const keyOf = new Map<number, number>();
  const parent = new Map<number, number>();
  const fixed = new Set<number>();
  const find = (k: number): number => {
    const up = parent.get(k) ?? k;
    return up === k ? k : find(up);
  };
  for (const [index, label] of labels.entries()) {
    const k = key(index);
    if (!parent.has(k)) parent.set(k, k);
    const root = t.find(label);
    const known = keyOf.get(root) ?? k;
    keyOf.set(root, known);
    parent.set(find(k), find(known));
    if (t.count(Int32Array.of(label)) === 0) fixed.add(k);
  }
  const roots = new Set([...parent.keys()].map(find));
  for (const k of fixed) roots.delete(find(k));
  return roots.size;
}

function carriedLabels(t: ChannelTrace, { input, output, inputKey, outputKey }: Carrier): Labelled {
  const labels = t.input(0)[input.axis]!;
  joinByKey(t, [{ axis: labels, key: inputKey }]);
  const byKey = new Map([...labels].map((label, index) => [inputKey(index), label]));
  return [output.axis, Int32Array.from({ length: output.size }, (_, index) => byKey.get(outputKey(index))!)];
}
