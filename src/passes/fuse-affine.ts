import { allGraphs, type Node, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { isOp } from './match.ts';
import type { Pass } from './pass.ts';
import { type Affine, fuseAffine, hasChannels, isFloatConstant, weightedProducer } from './weighted.ts';

/** Since this operator set operands are broadcast as in NumPy. */
const since = 7;

export const fuseAffineOperators: Pass = {
  name: 'fuse-affine',
  summary:
    'Let Conv, ConvTranspose, Gemm and MatMul multiply by and add the constants of each channel behind them',
  run(rewriting) {
    if (rewriting.model.opset < since) return;
    rewriting.annotate();
    for (const graph of [...allGraphs(rewriting.graph)])
      for (const node of [...graph.nodes]) {
        const operands = isOp(node, 'Mul', 'Div', 'Add', 'Sub') ? operandsOf(node) : undefined;
        const weighted = operands && weightedProducer(operands.x, graph);
        if (!operands || !weighted) continue;
        const affine = affineOf(node, operands);
        if (!affine || !hasChannels(weighted, affine.factors.length)) continue;
        fuseAffine({ graph, weighted, behind: node, rewriting }, affine);
        rewriting.count(`${node.opType} into ${weighted.opType}`);
      }
  },
};

interface Operands {
  readonly x: Value;
  readonly constant: Value;
  /** The constant is the first operand: it matters for Sub. */
  readonly reversed: boolean;
}

function operandsOf(node: Node): Operands | undefined {
  const [a, b] = [node.input(0), node.input(1)];
  if (isFloatConstant(b)) return { x: a, constant: b, reversed: false };
  return isFloatConstant(a) && node.opType !== 'Div' ? { x: b, constant: a, reversed: true } : undefined;
}

/** What the node does to each channel; undefined if its constant differs along another axis or widens the result. */
function affineOf(node: Node, { x, constant, reversed }: Operands): Affine | undefined {
  const channels = x.shape?.[1];
  const { shape, data } = constantOf(constant)!;
  const rank = x.shape?.length;
  if (rank === undefined || typeof channels !== 'number' || shape.length > rank) return undefined;
  const fits = shape.every((size, i) => size === 1 || (i + rank - shape.length === 1 && size === channels));
  if (!fits) return undefined;
  const numbers = Float64Array.from({ length: channels }, (_, i) =>
    data.length === 1 ? Number(data[0]) : Number(data[i]),
  );
  const all = (number: number): Float64Array => new Float64Array(channels).fill(number);
  switch (node.opType) {
    case 'Mul':
      return { factors: numbers };
    case 'Div':
      return { factors: numbers.map((number) => 1 / number) };
    case 'Add':
      return { factors: all(1), shifts: numbers };
    default:
      return {
        factors: all(reversed ? -1 : 1),
        shifts: reversed ? numbers : numbers.map((number) => -number),
      };
  }
}
