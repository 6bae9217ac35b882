import { each } from './each.ts';
import { signedUnitEncoding, tfliteFusions, tfliteSources, unitEncoding } from './lite-rt.ts';
import type { Target } from './target.ts';

const own = { scales: 'own' } as const;
const shared = { scales: 'shared' } as const;

/**
 * Google Coral Edge TPU: everything in int8, the model's inputs and outputs too, sizes known, batch 1. What follows the
 * first operator that is not on its list runs on the host.
 */
export const edgetpu: Target = {
  name: 'edgetpu',
  title: 'Coral Edge TPU',
  sources: [
    'https://coral.ai/docs/edgetpu/models-intro/#model-requirements',
    'https://coral.ai/docs/edgetpu/models-intro/#supported-operations',
    ...tfliteSources,
  ],
  activations: { dtype: 'int8', symmetric: false },
  weights: { dtype: 'int8', min: -127, max: 127, perChannel: true },
  bias: 'int32',
  io: 'int8',
  placement: 'around',
  format: 'qdq',
  opset: { min: 13 },
  limits: { staticShapes: true, batch: 1, largeDims: 3 },
  operators: {
    Conv: { when: [{ input: 0, rank: [3, 4] }] },
    ConvTranspose: { when: [{ input: 0, rank: [3, 4] }] },
    ...each(['Gemm', 'MatMul'], { perChannel: false, when: [{ input: 1, is: 'constant' }] }),
    ...each(['Add', 'Sub', 'Mul', 'ReduceMean', 'PRelu'], own),
    ...each(['AveragePool', 'GlobalAveragePool', 'MaxPool', 'GlobalMaxPool'], shared),
    ...each(['Concat', 'Max', 'Min', 'ReduceMax', 'ReduceMin'], shared),
    ...each(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Slice', 'Split'], shared),
    Pad: { ...shared, when: [{ attribute: 'mode', oneOf: ['constant'], otherwise: 'constant' }] },
    SpaceToDepth: shared,
    Resize: { ...shared, when: [{ attribute: 'mode', oneOf: ['nearest', 'linear'], otherwise: 'nearest' }] },
    Softmax: { ...own, output: unitEncoding, when: [{ input: 0, rank: [1, 2] }] },
    Sigmoid: { ...own, output: unitEncoding },
    Tanh: { ...own, output: signedUnitEncoding },
    Relu: {},
    Clip: {
      when: [
        {
          bounds: [
            [0, Infinity],
            [0, 6],
            [-1, 1],
          ],
        },
      ],
    },
  },
  fused: tfliteFusions,
  float: {
    HardSwish: 'the Edge TPU compiler does not map it; train with ReLU6 instead',
    LeakyRelu: 'the Edge TPU compiler does not map it; train with ReLU instead',
    Gelu: 'the Edge TPU compiler does not map it; train with ReLU instead',
  },
};
