import { bfloatOf, bfloatToNumber, halfOf, halfToNumber } from '../../../ir/index.ts';
import type { HalfType } from './narrow.ts';

/** Numbers after a way through 16 bits and back. */
export function widened(numbers: Float32Array, dtype: HalfType): Float32Array {
  return dtype === 'float16'
    ? numbers.map((x) => halfToNumber(halfOf(x)))
    : numbers.map((x) => bfloatToNumber(bfloatOf(x)));
}
