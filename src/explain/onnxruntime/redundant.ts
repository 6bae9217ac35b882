import type { Graph, Node, Tensor } from '../../ir/index.ts';
import { roundHalfEven } from '../../quantize/index.ts';
import { clipBounds } from '../../targets/index.ts';
import { fixedConstant, integerType, isQ, numberIn, onlyReader } from './edges.ts';

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
};

const wideRanges: Readonly<Record<string, readonly [number, number]>> = {
  ...ranges,
  uint16: [0, 65535],
  int16: [-32768, 32767],
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
  if (!zero) return false;
  if (node.opType === 'Relu') return zero.size === 1 && numberIn(zero) === wideRanges[integerType(q)!]?.[0];
  return range !== undefined && clipsNoMore(node, { scale: fixedConstant(q.inputs[1], graph), zero, range });
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

/**
 * True if the integers that a Relu or Clip leaves are all that the QuantizeLinear behind it has, to the nearest one.
 * Source: IsClipMadeRedundantByQ of onnxruntime's qdq_util.cc.
 */
export function isCoveredByQ(clip: Node, q: Node, graph: Graph): boolean {
  const scale = fixedConstant(q.inputs[1], graph);
  const zero = q.inputs[2] && fixedConstant(q.inputs[2], graph);
  const range = wideRanges[integerType(q)!];
  if (!scale || scale.shape.length > 0 || (q.inputs[2] && !zero) || !range) return false;
  if (zero && zero.shape.length > 0) return false;
  const zeroPoint = zero ? numberIn(zero) : 0;
  if (clip.opType === 'Relu') return zeroPoint === range[0];
  const bounds = clipBounds(clip);
  if (!bounds) return false;
  const [low, high] = bounds.map((bound) => roundHalfEven(Math.fround(bound / numberIn(scale))) + zeroPoint);
  return low! <= range[0] && high! >= range[1];
}
