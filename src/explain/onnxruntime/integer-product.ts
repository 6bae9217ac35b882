import type { Graph, Node } from '../../ir/index.ts';
import { fixedConstant, onlyReader } from './edges.ts';

/** ONNX's code of float32. */
const float32 = 1;

/**
 * What goes with MatMulInteger into one kernel that gives floats: Cast, Mul by the product of both scales, that product, and
 * the Add of a bias vector. Nothing where onnxruntime leaves them apart.
 * Source: matmul_integer_to_float.cc of onnxruntime.
 */
export function joinedProduct(node: Node, graph: Graph): Node[] {
  if (node.opType !== 'MatMulInteger') return [];
  const cast = onlyReader(node, graph);
  if (cast?.opType !== 'Cast' || cast.int('to', 0) !== float32) return [];
  const scaled = onlyReader(cast, graph);
  if (scaled?.opType !== 'Mul') return [];
  const scales = scaled.inputs.map((value) => value?.producer).find((producer) => producer !== cast);
  if (scales?.opType !== 'Mul' || onlyReader(scales, graph) !== scaled) return [];
  const bias = onlyReader(scaled, graph);
  return [cast, scaled, scales, ...(bias && addsVector(bias, graph) ? [bias] : [])];
}

const addsVector = (node: Node, graph: Graph): boolean =>
  node.opType === 'Add' && node.inputs.some((value) => fixedConstant(value, graph)?.shape.length === 1);
