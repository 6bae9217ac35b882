import { type DType, type Model, type Node, product, type Tensor, type Value } from '../ir/index.ts';
import { dequantize } from './scale.ts';

/** A constant of a model in real numbers, and the dtype that it is kept in. */
export interface Weight {
  readonly name: string;
  readonly dtype: DType;
  readonly values: Float32Array;
}

/**
 * The weights of a model as it computes with them: float32 constants of more than one element, and integer constants
 * through their DequantizeLinear. Throws ModelError for constants of 4 bits or with a scale per block.
 */
export function modelWeights(model: Model): Weight[] {
  const floats = [...model.graph.initializers.values()].filter(
    (value) => value.dtype === 'float32' && value.tensor!.size > 1 && !isScale(value),
  );
  return [
    ...floats.map(({ name, tensor }) => ({
      name,
      dtype: 'float32' as const,
      values: tensor!.data as Float32Array,
    })),
    ...model.graph.nodes
      .filter((node) => node.opType === 'DequantizeLinear' && node.inputs[0]?.tensor)
      .map(dequantized),
  ];
}

const isScale = (value: Value): boolean =>
  value.uses.length > 0 &&
  value.uses.every(({ node, index }) => index === 1 && /^(Dequantize|Quantize)Linear$/.test(node.opType));

const readable: readonly DType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32'];

function dequantized(node: Node): Weight {
  const { name, tensor } = node.input(0);
  const [scale, zeroPoint] = [node.inputs[1]?.tensor, node.inputs[2]?.tensor];
  const { dtype, shape } = tensor!;
  if (scale?.dtype !== 'float32' || !readable.includes(dtype) || node.int('block_size', 0) > 0)
    throw node.error(`must have ${readable.join(', ')} and constant float32 scales without blocks`);
  const axis = (node.int('axis', 1) + shape.length) % shape.length;
  const inner = scale.size === 1 ? tensor!.size : product(shape.slice(axis + 1));
  const at = (parameter: Tensor | undefined, channel: number): number =>
    Number(parameter?.data[channel % parameter.size] ?? 0);
  const values = Float32Array.from(tensor!.data as Int8Array, (q, i) => {
    const channel = Math.floor(i / inner) % scale.size;
    return dequantize(q, { scale: at(scale, channel), zeroPoint: at(zeroPoint, channel) });
  });
  return { name, dtype, values };
}
