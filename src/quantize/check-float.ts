import { ModelError } from '../errors.ts';
import type { Model } from '../ir/index.ts';

/** Operators of models that have integers in them, as any of the schemes writes them. */
const integerOps: ReadonlySet<string> = new Set([
  ...['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear', 'DynamicQuantizeLSTM'],
  ...['QLinearConv', 'QLinearMatMul', 'QGemm', 'ConvInteger', 'MatMulInteger'],
  ...['MatMulNBits', 'GatherBlockQuantized'],
]);

/** Throws ModelError for a model that is quantized already: it would lose precision twice. */
export function checkFloat({ graph }: Model): void {
  const node = graph.nodes.find(({ opType }) => integerOps.has(opType));
  if (!node) return;
  throw new ModelError(
    `The model must be a float one, is already quantized: it has ${node.label}. Quantize the model that it was made from`,
    { op: node.opType, node: node.name },
  );
}
