import { type Node, Tensor } from '../../../ir/index.ts';
import { microsoft } from '../../../ops/com-microsoft/domain.ts';
import { fromChannels } from '../grouped/channel-matrix.ts';
import { integerTensor } from '../grouped/pack.ts';
import type { DynamicRule, DynamicWriter } from './rule.ts';

/** com.microsoft's DynamicQuantizeLSTM: W and R as int8 [directions, inputs, 4 * hidden], with a scale for each column. */
export const lstm: DynamicRule = {
  opType: 'LSTM',
  weights: [1, 2],
  obstacle(node) {
    const isBatchFirst = node.int('layout', 0) !== 0;
    return isBatchFirst ? 'DynamicQuantizeLSTM takes steps first, its layout has the batch first' : undefined;
  },
  write(node, writer) {
    const [w, wScale, wZero] = weightOf(node, 1, writer);
    const [r, rScale, rZero] = weightOf(node, 2, writer);
    const rest = [3, 4, 5, 6, 7].map((index) => node.inputs[index]);
    const inputs = [node.input(0), w, r, ...rest, wScale, wZero, rScale, rZero];
    const { layout: _, ...attributes } = Object.fromEntries(node.attributes);
    const outputs = writer.builder.node(
      'DynamicQuantizeLSTM',
      inputs,
      attributes,
      node.outputs.length,
      microsoft,
    );
    return { outputs, form: 'DynamicQuantizeLSTM' };
  },
};

function weightOf(node: Node, index: number, writer: DynamicWriter) {
  const { name, shape } = node.input(index);
  const [directions, gates, inputs] = shape as readonly [number, number, number];
  const weight = writer.weight(node, index, writer.perChannel ? 1 : undefined);
  // Both directions share the scale of a column.
  const columns = writer.perChannel
    ? fromChannels(weight.integers, [directions, gates, inputs], 1)
    : weight.integers;
  const turned = turnEach(columns, directions, gates);
  const count = writer.perChannel ? gates : 1;
  const scales = Float32Array.from({ length: directions * count }, (_, i) => weight.scales[i % count]!);
  const scaleShape = writer.perChannel ? [directions, gates] : [directions];
  const zeros = Tensor.of('int8', new Int8Array(directions * count), scaleShape);
  return [
    writer.constant(`${name}_quantized`, integerTensor('int8', turned, [directions, inputs, gates])),
    writer.constant(`${name}_scale`, Tensor.of('float32', scales, scaleShape)),
    writer.constant(`${name}_zero_point`, zeros),
  ] as const;
}

/** Each of the matrices [gates, inputs] as [inputs, gates]. */
function turnEach(integers: Int16Array, matrices: number, gates: number): Int16Array {
  const size = integers.length / matrices;
  const turned = new Int16Array(integers.length);
  for (let m = 0; m < matrices; m++)
    turned.set(fromChannels(integers.subarray(m * size, (m + 1) * size), [size / gates, gates], 1), m * size);
  return turned;
}
