import { Tensor, type Value } from '../../ir/index.ts';
import { constantOf } from '../../ops/index.ts';
import { before, type Conversion, type Converter, constant } from './converter.ts';

/** Up to operator set 6 an axis told where the second input lies along the first; since 7 it is aligned at the end. */
export const alignBroadcast: Converter = (conversion) => {
  const { node } = conversion;
  const axis = node.attributes.has('axis') ? node.int('axis', 0) : undefined;
  const broadcasts = node.int('broadcast', 0) === 1;
  node.attributes.delete('axis');
  node.attributes.delete('broadcast');
  if (!broadcasts || axis === undefined) return;
  const [a, b] = [node.input(0).shape?.length, node.input(1).shape?.length];
  if (a === undefined || b === undefined)
    throw node.error('must have inputs of known rank to be upgraded, since it broadcasts along an axis');
  const missing = a - (axis < 0 ? axis + a : axis) - b;
  if (missing > 0) node.setInput(1, withTrailingOnes(conversion, node.input(1), b, missing));
};

/** Up to operator set 6 slopes were per channel; since 7 they are broadcast from the end. */
export const alignSlope: Converter = (conversion) => {
  const { node } = conversion;
  const [rank, slope] = [node.input(0).shape?.length, node.input(1)];
  if (slope.shape?.length !== 1 || slope.shape[0] === 1) return;
  if (rank === undefined) throw node.error('must have an input of known rank to be upgraded, has not');
  if (rank > 2) node.setInput(1, withTrailingOnes(conversion, slope, 1, rank - 2));
};

function withTrailingOnes(conversion: Conversion, value: Value, rank: number, count: number): Value {
  const tensor = constantOf(value);
  const ones = Array<number>(count).fill(1);
  if (tensor && !tensor.strings)
    return constant(
      conversion,
      'aligned',
      new Tensor(tensor.dtype, [...tensor.shape, ...ones], tensor.bytes),
    );
  // As operator sets 1 to 12 write it; the way to 13 goes by here too.
  return before(conversion, 'Unsqueeze', [value], { axes: ones.map((_, i) => rank + i) });
}
