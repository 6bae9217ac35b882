import type { AttributeInput, GraphBuilder, Node, Value } from '../../../ir/index.ts';
import { microsoft } from '../../../ops/com-microsoft/domain.ts';
import type { QuantizedNode, QuantizedValue } from './quantized-node.ts';

/** How an operator is written as one on integers. */
export interface QOperatorRule {
  readonly opType: string;
  /** What stands there then. */
  readonly form: string;
  /** Written with operators of the ONNX domain, and QLinearAdd and QLinearMul, alone. */
  readonly standard: boolean;
  /** Inputs that must be quantized. */
  floats(index: number): boolean;
  /** Why this node cannot be; undefined if it can. */
  obstacle?(quantized: QuantizedNode): string | undefined;
  /** The integers of each output. */
  write(quantized: QuantizedNode, builder: GraphBuilder): readonly Value[];
}

export const everyInput = (): boolean => true;
export const firstInput = (index: number): boolean => index === 0;

/** Attributes as they are. */
export const attributesOf = (node: Node): Record<string, AttributeInput> =>
  Object.fromEntries(node.attributes);

/** Scale and zero point of the first output. */
export const endOf = ({ ends: [end] }: QuantizedNode): QuantizedValue => ({
  integers: end!.output(),
  scale: end!.input(1),
  zeroPoint: end!.inputs[2],
});

/** Scale and zero point, which is written out if it is left out: operators on integers must have one. */
export function parametersOf(
  { integers, scale, zeroPoint }: QuantizedValue,
  builder: GraphBuilder,
): [Value, Value] {
  if (zeroPoint) return [scale, zeroPoint];
  const shape = scale.shape as readonly number[];
  const zeros = new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0);
  return [scale, builder.constant(integers.dtype ?? 'uint8', zeros, shape)];
}

/** Integers, scale, zero point. */
export const triple = (value: QuantizedValue, builder: GraphBuilder): Value[] => [
  value.integers,
  ...parametersOf(value, builder),
];

/** The scale and zero point of the output must be one for all. */
export const dtypeObstacle = ({ inputs, ends }: QuantizedNode): string | undefined => {
  const types = new Set([inputs[0]?.integers.dtype, ...ends.map((end) => end.output().dtype)]);
  if (types.size > 1) return `its input and output must be of one type, are ${[...types].join(' and ')}`;
  const [type] = types;
  return type === 'uint8' || type === 'int8' ? undefined : `its type must be uint8 or int8, is ${type}`;
};

/** An operator of onnxruntime that takes integers, scale and zero point of each input, then the output's. */
export const microsoftRule = (
  opType: string,
  form: string,
  more: Partial<Omit<QOperatorRule, 'write'>> & {
    attributes?(node: Node): Record<string, AttributeInput>;
  } = {},
): QOperatorRule => ({
  opType,
  form,
  standard: false,
  floats: everyInput,
  obstacle: dtypeObstacle,
  write(quantized, builder) {
    const inputs = quantized.inputs.flatMap((input) => (input ? triple(input, builder) : []));
    const attributes = (more.attributes ?? attributesOf)(quantized.node);
    const all = [...inputs, ...parametersOf(endOf(quantized), builder)];
    return [builder.op(form, all, attributes, microsoft)];
  },
  ...more,
});
