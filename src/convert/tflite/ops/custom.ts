import { ModelError } from '../../../errors.ts';
import { transposedConvolution } from '../../channels-last/index.ts';
import type { Call, OpTable } from '../call.ts';

/** Operators that are not TFLite's own, by their names. */
export const customOps: OpTable = {
  /** MediaPipe's: weights as TRANSPOSE_CONV's, the output's size from what the file declares. */
  Convolution2DTransposeBias: (call) =>
    transposedConvolution(call.w, call.input(0), {
      filter: { weight: call.input(1), order: [3, 0, 1, 2], bias: call.inputs[2] },
      window: windowOf(call),
      output: call.output().shape.slice(1, 3),
    }),
};

/** TfLiteTransposeConvParams: padding (1 SAME, 2 VALID), then the strides, 32 bits each. */
function windowOf({ record: { customOptions } }: Call) {
  if (!customOptions || customOptions.length < 12) throw new ModelError('must have 12 bytes of options');
  const view = new DataView(customOptions.buffer, customOptions.byteOffset, customOptions.length);
  const [padding, strideW, strideH] = [0, 4, 8].map((at) => view.getInt32(at, true)) as [
    number,
    number,
    number,
  ];
  const word = ([undefined, 'SAME', 'VALID'] as const)[padding];
  if (!word || strideH < 1 || strideW < 1)
    throw new ModelError(
      `must have padding 1 or 2 and strides over 0, has ${padding}, ${strideH} and ${strideW}`,
    );
  return { strides: [strideH, strideW], padding: word };
}
