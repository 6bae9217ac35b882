import { allNodes, type Graph, type Node, type Tensor } from '../../../ir/index.ts';
import { constantOf, opOf } from '../../../ops/index.ts';
import type { FloatNode } from '../../quantize-report.ts';

/**
 * A constant weight that a node reads:
 * - `matrix`: the right side of a matrix product, which kernels multiply in its few bits
 * - `table`: rows that Gather picks
 * - `stored`: kept in few bits, made float to compute with it
 */
export interface WeightSite {
  readonly kind: 'matrix' | 'table' | 'stored';
  readonly node: Node;
  readonly index: number;
  readonly tensor: Tensor;
  /** The axis of its channels, each of which has its own scales. */
  readonly axis: number;
}

/** Weights of fewer numbers are not worth a node and scales of their own. */
const smallest = 256;

/** All weights of the graph that can be kept in integers, and why those of other nodes cannot. */
export function weightSites(graph: Graph): { sites: WeightSite[]; left: FloatNode[] } {
  const sites: WeightSite[] = [];
  const left: FloatNode[] = [];
  const leave = (node: Node, reason: string) =>
    left.push({ node: node.name || node.output().name, op: node.opType, reason });
  for (const node of allNodes(graph)) {
    const found = candidates(node);
    if (found.length === 0) continue;
    const reason = graph.nodes.includes(node) ? undefined : 'it is in a subgraph';
    const small = found.every(({ tensor }) => tensor.size < smallest);
    if (reason) leave(node, reason);
    else if (small) leave(node, `its weight has fewer than ${smallest} numbers`);
    else sites.push(...found.filter(({ tensor }) => tensor.size >= smallest));
  }
  return { sites, left };
}

const recurrent = ['LSTM', 'GRU', 'RNN'];

function candidates(node: Node): WeightSite[] {
  const site = (index: number, axis: number, kind: WeightSite['kind']): WeightSite[] => {
    const tensor = constantOf(node.inputs[index]);
    return tensor?.dtype === 'float32' && tensor.shape.length >= 2
      ? [{ kind, node, index, tensor, axis }]
      : [];
  };
  const rule = opOf(node)?.quantize;
  if (rule?.kind === 'weighted') {
    const axis = rule.axis(node);
    return site(rule.weight, axis, isMatrix(node) ? 'matrix' : 'stored');
  }
  if (node.domain === '' && recurrent.includes(node.opType))
    return [...site(1, 1, 'stored'), ...site(2, 1, 'stored')];
  if (
    node.domain === '' &&
    node.opType === 'Gather' &&
    node.int('axis', 0) === 0 &&
    !constantOf(node.inputs[1])
  )
    return site(0, 0, constantOf(node.inputs[0])?.shape.length === 2 ? 'table' : 'stored');
  return [];
}

/** Whether a node is a matrix product as MatMulNBits knows it: X W, or X W + bias. */
function isMatrix(node: Node): boolean {
  if (constantOf(node.inputs[1])?.shape.length !== 2) return false;
  if (node.opType === 'MatMul') return node.input(0).shape?.length !== 1;
  const plain = node.float('alpha', 1) === 1 && node.float('beta', 1) === 1 && !node.int('transA', 0);
  return node.opType === 'Gemm' && plain;
}
