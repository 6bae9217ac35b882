import type { Graph, Node, Tensor } from '../../ir/index.ts';
import { clipBounds } from '../../targets/index.ts';
import { fixedConstant, integerType, isQ, numberIn, onlyReader } from './edges.ts';

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
};

/** The rounding error of a float32 near 1, as onnxruntime compares bounds. */
const epsilon = 2 ** -23;

/** True if the QuantizeLinear behind a Relu or Clip alone cuts off the same, so that onnxruntime takes the node away. */
export function isRepeatedByQ(node: Node, graph: Graph): boolean {
  if (node.domain !== '' || (node.opType !== 'Relu' && node.opType !== 'Clip')) return false;
  const q = onlyReader(node, graph);
  if (!q || !isQ(q) || q.domain !== '' || !q.inputs[2]) return false;
  const zero = fixedConstant(q.inputs[2], graph);
  const range = ranges[integerType(q)!];
  if (!zero || !range) return false;
  if (node.opType === 'Relu') return zero.size === 1 && numberIn(zero) === range[0];
  return clipsNoMore(node, { scale: fixedConstant(q.inputs[1], graph), zero, range });
}

function clipsNoMore(
  node: Node,
  { scale, zero, range }: { scale: Tensor | undefined; zero: Tensor; range: readonly [number, number] },
): boolean {
  const bounds = clipBounds(node);
  if (!bounds || !scale || scale.shape.length > 0 || zero.shape.length > 0) return false;
  const [lower, upper] = range.map((integer) => Math.fround(numberIn(scale) * (integer - numberIn(zero))));
  return !(epsilon < bounds[0] - lower!) && !(epsilon < upper! - bounds[1]);
}
