import { allGraphs, dtypeOfCode, type Node, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { operand } from '../ops/operand.ts';
import { isOp, sameShape, scalarOf } from './match.ts';
import { permutation } from './merge-transposes.ts';
import type { Pass } from './pass.ts';
import { replaceValue } from './replace.ts';

/** What a node only hands on; undefined if it does something. */
type NoOpRule = (node: Node, opset: number) => Value | undefined;

export const removeNoOps: Pass = {
  name: 'remove-no-ops',
  summary:
    'Remove nodes that hand their input on as it is: Identity, Dropout, an unneeded Reshape, Cast or Pad',
  run(rewriting) {
    rewriting.annotate();
    const { opset } = rewriting.model;
    for (const graph of [...allGraphs(rewriting.graph)]) {
      const gone = graph.nodes.filter((node) => {
        const passed = isOp(node, node.opType) ? rules[node.opType]?.(node, opset) : undefined;
        // Other outputs, such as Dropout's mask, are computed.
        const others = node.outputs.slice(1).some((o) => o.uses.length > 0 || graph.outputs.includes(o));
        if (!passed || others || !replaceValue(graph, node.output(), passed)) return false;
        rewriting.count(`${node.opType} that changes nothing`);
        return true;
      });
      graph.remove(...gone);
    }
  },
};

const always: NoOpRule = (node) => node.input(0);
const when =
  (test: (node: Node, opset: number) => boolean): NoOpRule =>
  (node, opset) =>
    test(node, opset) ? node.input(0) : undefined;
const alone = when((node) => node.inputs.length === 1);
const toSameShape = when((node) => sameShape(node.input(0), node.output()));
const allAre = (numbers: unknown, wanted: number): boolean =>
  Array.isArray(numbers) && numbers.every((n) => n === wanted);

const window1x1 = when((node) => {
  const ones = (name: string) => allAre(node.ints(name) ?? [1], 1);
  const unpadded = allAre(node.ints('pads') ?? [0], 0) && node.string('auto_pad', 'NOTSET') === 'NOTSET';
  return allAre(node.ints('kernel_shape'), 1) && ones('strides') && unpadded;
});

/** `x + 0` and the like: the number may be on either side if `commutes`, and must not widen the shape or the type. */
const neutral =
  (number: number, commutes: boolean): NoOpRule =>
  (node) => {
    const [a, b] = [node.inputs[0], node.inputs[1]];
    if (!a || !b) return undefined;
    const kept = scalarOf(b) === number ? a : commutes && scalarOf(a) === number ? b : undefined;
    return kept && kept.dtype === node.output().dtype && sameShape(kept, node.output()) ? kept : undefined;
  };

const rules: Readonly<Record<string, NoOpRule>> = {
  Identity: always,
  Dropout: when(isInferenceDropout),
  Cast: when((node) => {
    const to = dtypeOfCode(node.int('to', 0));
    return to !== undefined && to === node.input(0).dtype;
  }),
  CastLike: when((node) => node.input(0).dtype !== undefined && node.input(0).dtype === node.input(1).dtype),
  Reshape: toSameShape,
  Flatten: toSameShape,
  Expand: toSameShape,
  Squeeze: toSameShape,
  Transpose: when((node) => permutation(node)?.every((axis, i) => axis === i) === true),
  Pad: when((node, opset) => allAre(operand(node, opset < 2 ? 'paddings' : 'pads', 1), 0)),
  Slice: when(
    (node) =>
      allAre(operand(node, 'steps', 4) ?? [1], 1) &&
      (takesAll(node) || sameShape(node.input(0), node.output())),
  ),
  Tile: when((node) => allAre(operand(node, 'repeats', 1), 1) && sameShape(node.input(0), node.output())),
  Concat: alone,
  Sum: alone,
  Mean: alone,
  Max: alone,
  Min: alone,
  Split: when((node) => node.outputs.length === 1),
  AveragePool: window1x1,
  MaxPool: window1x1,
  Clip: when((node) => !node.inputs[1] && !node.inputs[2] && node.attributes.size === 0),
  Add: neutral(0, true),
  Sub: neutral(0, false),
  Mul: neutral(1, true),
  Div: neutral(1, false),
  Pow: neutral(1, false),
};

/** From the first to an end beyond any size, as exporters write `x[:]`. */
function takesAll(node: Node): boolean {
  const [starts, ends] = [operand(node, 'starts', 1), operand(node, 'ends', 2)];
  return allAre(starts, 0) && Array.isArray(ends) && ends.every((end) => end >= 2 ** 31 - 1);
}

/** Up to operator set 6 an attribute says it, up to 11 it always is, from 12 on an input that may be left out. */
function isInferenceDropout(node: Node, opset: number): boolean {
  if (opset < 7) return node.int('is_test', 0) === 1;
  const training = node.inputs[2];
  return !training || (constantOf(training)?.bytes[0] ?? 1) === 0;
}
