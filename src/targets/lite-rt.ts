import { each } from './each.ts';
import type { Int8Rule } from './target.ts';

/** Softmax and Sigmoid lie in [0, 1], Tanh in [-1, 1]: kernels write these encodings and no others. */
export const unitEncoding = { scale: 1 / 256, zeroPoint: -128 } as const;
export const signedUnitEncoding = { scale: 1 / 128, zeroPoint: 0 } as const;

/** Log-probabilities in [-16, 0]. */
const logEncoding = { scale: 16 / 256, zeroPoint: 127 } as const;

const own = { scales: 'own' } as const;
const shared = { scales: 'shared' } as const;

/** The int8 specification's operators, by their ONNX names. */
export const tfliteOperators: Readonly<Record<string, Int8Rule>> = {
  Conv: { when: [{ input: 0, rank: [3, 4] }] },
  ConvTranspose: { when: [{ input: 0, rank: [3, 4] }] },
  // FULLY_CONNECTED takes one weight scale; one a channel came later and old runtimes refuse it.
  ...each(['Gemm', 'MatMul'], { perChannel: false }),
  ...each(['Add', 'Sub', 'Mul', 'ReduceMean', 'LeakyRelu', 'PRelu', 'HardSwish', 'Gelu'], own),
  ...each(['AveragePool', 'GlobalAveragePool', 'MaxPool', 'GlobalMaxPool'], shared),
  ...each(['Concat', 'Max', 'Min', 'Gather', 'GatherND', 'Tile', 'Where', 'Expand'], shared),
  ...each(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Slice', 'Split'], shared),
  ...each(['Pad', 'SpaceToDepth', 'DepthToSpace', 'ReduceMax', 'ReduceMin'], shared),
  Resize: { ...shared, when: [{ attribute: 'mode', oneOf: ['nearest', 'linear'], otherwise: 'nearest' }] },
  Softmax: { ...own, output: unitEncoding },
  Sigmoid: { ...own, output: unitEncoding },
  LogSoftmax: { ...own, output: logEncoding },
  Tanh: { ...own, output: signedUnitEncoding },
  Relu: {},
  // RELU, RELU6, RELU_N1_TO_1 and RELU_0_TO_1.
  Clip: {
    when: [
      {
        bounds: [
          [0, Infinity],
          [0, 6],
          [-1, 1],
          [0, 1],
        ],
      },
    ],
  },
};

const activated = ['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Add', 'Sub', 'Mul', 'AveragePool', 'MaxPool'];

/** A fused activation is a field of the operator before it. */
export const tfliteFusions: readonly (readonly string[])[] = activated.flatMap((op) => [
  [op, 'Relu'],
  [op, 'Clip'],
]);

export const tfliteSources = [
  'https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/quantization_spec',
  'https://github.com/tensorflow/tensorflow/blob/master/tensorflow/lite/tools/optimize/operator_property.cc',
] as const;
