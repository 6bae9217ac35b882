import { type Node, product, Tensor, Value } from '../../ir/index.ts';
import {
  alongAxis,
  hasIntegers,
  inBlocks,
  type ScaleIndex,
  type StoredWeight,
  storedWeight,
} from './stored-weight.ts';

/** The axis of the output channels in the weight of an operator on integers. */
type ChannelAxis = (node: Node) => number;

/**
 * QLinearConv and its like: inputs x, its scale and zero point, weight, its scale and zero point. `bias`: the input that
 * holds the int32 bias, if there is one.
 */
export const qLinear =
  (axisOf: ChannelAxis, bias?: number) =>
  (node: Node): StoredWeight[] => {
    const [, inputScale, , weight, scale, zeroPoint] = node.inputs;
    if (!hasIntegers(weight) || !scale?.tensor) return [];
    const { shape } = weight.tensor!;
    const axis = (axisOf(node) + shape.length) % shape.length;
    const own = storedWeight(weight, { scale, zeroPoint }, alongAxis(shape, axis));
    const offset = bias === undefined ? undefined : node.inputs[bias];
    if (!hasIntegers(offset) || !inputScale?.tensor) return [own];
    const step = (inputScale.tensor.data as Float32Array)[0]!;
    const scales = (scale.tensor.data as Float32Array).map((s) => Math.fround(s * step));
    const biasScale = new Value('scales of the bias');
    biasScale.tensor = Tensor.of('float32', scales, [scales.length]);
    return [own, storedWeight(offset, { scale: biasScale }, (i) => i)];
  };

/** com.microsoft's DynamicQuantizeLSTM: W and R [directions, inputs, gates], a scale for each gate of a direction or for it. */
export function dynamicLstm(node: Node): StoredWeight[] {
  return [1, 2].flatMap((index) => {
    const [weight, scale] = [node.inputs[index], node.inputs[6 + 2 * index]];
    if (!hasIntegers(weight) || !scale?.tensor) return [];
    const { shape } = weight.tensor!;
    const isByGate = scale.tensor.shape.length === 2;
    const indexOf: ScaleIndex = isByGate
      ? inBlocks(shape, 1, shape[1]!)
      : (i) => Math.floor(i / product(shape.slice(1)));
    return [storedWeight(weight, { scale, zeroPoint: node.inputs[7 + 2 * index] }, indexOf)];
  });
}
