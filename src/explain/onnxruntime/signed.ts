import { type Graph, type Node, Tensor, Value } from '../../ir/index.ts';
import { fixedConstant, integerType, isDq, isQ, onlyReader } from './edges.ts';

/**
 * Makes pairs of int8 with one reader uint8, as onnxruntime does where its kernels want that. True if it did.
 * Source: qdq_s8_to_u8.cc of onnxruntime.
 */
export function makeUnsigned(graph: Graph): boolean {
  let done = false;
  for (const q of graph.nodes) {
    if (!isQ(q) || integerType(q) !== 'int8') continue;
    const dq = onlyReader(q, graph);
    if (!dq || !isDq(dq) || integerType(dq) !== 'int8') continue;
    const [zero, other] = [q, dq].map((node) => fixedConstant(node.inputs[2], graph));
    if (zero?.size !== 1 || other?.size !== 1 || zero.data[0] !== other.data[0]) continue;
    shift(graph, [q, dq], Number(zero.data[0]) + 128);
    done = true;
  }
  return done;
}

function shift(graph: Graph, [q, dq]: readonly [Node, Node] | Node[], zeroPoint: number): void {
  const name = graph.uniqueName('unsigned_zero_point');
  const zero = graph.addInitializer(new Value(name, undefined, Tensor.scalar('uint8', zeroPoint)));
  q!.setInput(2, zero);
  dq!.setInput(2, zero);
}
