import { ModelError } from '../../errors.ts';
import { type Model, sortNodes, type Tensor, type Value } from '../../ir/index.ts';
import { writeModel } from '../../onnx/index.ts';
import { createBuilder } from '../../ops/index.ts';
import { Rewriting, upgradeOpset } from '../../passes/index.ts';
import type { FloatNode } from '../quantize-report.ts';
import { integerTensor } from './grouped/pack.ts';
import { type Rewritten, SchemeReport } from './scheme-report.ts';

/** Its ONNX code. */
const int8 = 3;

/** Weights of fewer numbers would not pay for the node that unpacks them. */
const smallest = 256;

/**
 * Packs int8 weights that lie in [-8, 7] two a byte, for a quantized model with 4-bit weights and 8-bit activations. Each
 * becomes an int4 constant and a Cast to int8, which onnxruntime computes once when it loads the model: it then runs the
 * same int8 kernels on the same integers, so that outputs are equal bit by bit. Brings the model to operator set 21, which
 * has int4. `model` is not changed. Throws ModelError if no weight fits.
 */
export function packInt4(model: Model): { model: Model; report: SchemeReport } {
  const rewriting = new Rewriting(model.opset < 21 ? upgradeOpset(model, 21).model : model);
  const { graph } = rewriting;
  const builder = createBuilder({ graph, prefix: rewriting.uniquePrefix('int4') });
  const rewritten: Rewritten[] = [];
  const left: FloatNode[] = [];
  for (const value of [...graph.initializers.values()].filter(isWeight)) {
    const tensor = value.tensor!;
    if (!fits(tensor)) {
      left.push(leftOf(value));
      continue;
    }
    const packed = integerTensor('int4', tensor.data as Int8Array, tensor.shape);
    const { node } = value.uses[0]!;
    graph.replaceUses(
      value,
      builder.op('Cast', [rewriting.constant(graph, `${value.name}_int4`, packed)], { to: int8 }),
    );
    graph.initializers.delete(value.name);
    const [bytesBefore, bytesAfter] = [tensor.bytes.length, packed.bytes.length];
    const op = node.output().uses[0]?.node.opType ?? node.opType;
    rewritten.push({ name: value.name, op, form: 'int4, Cast', sqnr: Infinity, bytesBefore, bytesAfter });
  }
  if (rewritten.length === 0) throw nothingFits(left);
  sortNodes(graph);
  const packed = rewriting.finish();
  const report = new SchemeReport({
    title: `${rewritten.length} weights packed in 4 bits`,
    rewritten,
    left,
    outputs: [],
    sizeBefore: writeModel(model).length,
    sizeAfter: writeModel(packed).length,
    warnings: left.map(({ op, node, reason }) => `Weight '${node}' of ${op} stays int8: ${reason}`),
  });
  return { model: packed, report };
}

const isWeight = ({ dtype, tensor, uses }: Value): boolean =>
  dtype === 'int8' && tensor!.shape.length >= 2 && tensor!.size >= smallest && uses.length > 0;

const fits = (tensor: Tensor): boolean => (tensor.data as Int8Array).every((q) => q >= -8 && q <= 7);

function leftOf({ name, tensor, uses }: Value): FloatNode {
  const data = tensor!.data as Int8Array;
  const [min, max] = data.reduce(([a, b], q) => [Math.min(a, q), Math.max(b, q)], [0, 0]);
  return {
    node: name,
    op: uses[0]!.node.opType,
    reason: `its integers must be from -8 to 7, are from ${min} to ${max}`,
  };
}

function nothingFits(left: readonly FloatNode[]): ModelError {
  const first = left[0] ? `: '${left[0].node}': ${left[0].reason}` : '';
  return new ModelError(
    `The model must have int8 weights of at least ${smallest} numbers from -8 to 7, has none${first}. Quantize its weights to 4 bits first`,
  );
}
