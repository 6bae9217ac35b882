import type { DType, Graph, Node, Tensor, Use, Value } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';

export const isQ = (node: Node | undefined): boolean => node?.opType === 'QuantizeLinear';
export const isDq = (node: Node | undefined): boolean => node?.opType === 'DequantizeLinear';

/** All readers of a node's outputs; an output of the graph is no reader. */
export const readers = (node: Node): Use[] => node.outputs.flatMap((output) => output.uses);

export const givesGraphOutput = (node: Node, graph: Graph): boolean =>
  node.outputs.some((output) => graph.outputs.includes(output));

/** Readers of a node that is no output of the graph and has one reader; else undefined. */
export function onlyReader(node: Node, graph: Graph): Node | undefined {
  const uses = readers(node);
  return uses.length === 1 && !givesGraphOutput(node, graph) ? uses[0]!.node : undefined;
}

/** The integers that a DequantizeLinear reads, or a QuantizeLinear writes. */
export function integerType(node: Node): DType | undefined {
  const zero = node.inputs[2]?.dtype;
  if (zero) return zero;
  if (isDq(node)) return node.inputs[0]?.dtype ?? 'uint8';
  return outputTypes[node.int('output_dtype', 0)] ?? 'uint8';
}

/** The attribute's codes that onnxruntime's CPU kernels know. */
const outputTypes: Readonly<Record<number, DType>> = {
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  21: 'uint4',
  22: 'int4',
};

/** A constant that no caller of the model may override. */
export function fixedConstant(value: Value | undefined, graph: Graph): Tensor | undefined {
  const tensor = constantOf(value);
  return tensor && !graph.inputs.includes(value!) ? tensor : undefined;
}

/** One number, written with no dimension or with one of size 1. */
export const isScalar = ({ shape }: Tensor): boolean =>
  shape.length === 0 || (shape.length === 1 && shape[0] === 1);

export const numberIn = (tensor: Tensor): number => Number(tensor.data[0]);
