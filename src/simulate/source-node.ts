import type { Model, Node } from '../ir/index.ts';

/** The node of a model that a node of its lowered graph computes. */
export interface SourceNode {
  readonly op: string;
  readonly name: string;
  /** Name of its first output. */
  readonly output: string;
}

/** Where the weight is among the inputs. */
const weights: Readonly<Record<string, number>> = {
  MatMulIntegerToFloat: 1,
  DynamicQuantizeMatMul: 1,
};

/**
 * Finds the node of `model` by the weight that it shares with one of the lowered graph: onnxruntime gives joined nodes
 * other names, but constants keep theirs. The lowered node itself where it has no constant weight.
 */
export function sourceOf(model: Model, lowered: Node): SourceNode {
  const weight = lowered.inputs[weights[lowered.opType] ?? 3];
  const constant = weight?.tensor && model.graph.initializers.get(weight.name);
  const reader = constant?.uses[0]?.node;
  const through = reader?.opType === 'DequantizeLinear' ? reader.output().uses[0]?.node : reader;
  const { opType, outputs, name } = through ?? lowered;
  const output = outputs[0]?.name ?? '';
  return { op: opType, name: name || output, output };
}
