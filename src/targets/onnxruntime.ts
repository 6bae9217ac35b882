import { each } from './each.ts';
import type { Int8Rule, Target } from './target.ts';

const positiveBeta = { attribute: 'beta', oneOf: [1], otherwise: 1 } as const;

/** What the CPU provider has QLinear kernels for, or moves as bytes. Source: qdq_selector_action_transformer.cc of 1.27. */
const onnxruntimeOperators: Readonly<Record<string, Int8Rule>> = {
  Conv: {},
  // QGemm adds the bias as it is: beta must be 1.
  Gemm: { when: [positiveBeta] },
  MatMul: {},
  ...each(['Add', 'Mul', 'Concat', 'AveragePool', 'GlobalAveragePool'], { scales: 'own' }),
  ...each(['LeakyRelu', 'Sigmoid', 'Softmax', 'Where'], { scales: 'own' }),
  ...each(['Expand', 'Flatten', 'Gather', 'GatherElements', 'Reshape', 'Slice'], { scales: 'shared' }),
  ...each(['Squeeze', 'Tile', 'Transpose', 'Unsqueeze', 'Split'], { scales: 'shared' }),
  Resize: { scales: 'shared', when: [{ attribute: 'mode', oneOf: ['nearest'], otherwise: 'nearest' }] },
  ...each(['ReduceMax', 'ReduceMin'], { scales: 'shared' }),
  DepthToSpace: { scales: 'shared' },
  MaxPool: { scales: 'shared', when: [{ outputs: 1 }], opset: { min: 12, max: 21 } },
  ...each(['Relu', 'Clip', 'Identity', 'Dropout'], {}),
};

/** A Relu or Clip that the zero point and scale of the QuantizeLinear behind it repeat goes away, whatever is before it. */
const fused = Object.keys(onnxruntimeOperators)
  .filter((op) => op !== 'Relu' && op !== 'Clip')
  .flatMap((op) => [
    [op, 'Relu'],
    [op, 'Clip'],
  ]);

/** What all of onnxruntime's CPU targets have in common. */
export const onnxruntimeRules = {
  bias: 'int32',
  io: 'float32',
  placement: 'around',
  format: 'qdq',
  opset: { min: 13, max: 24 },
  operators: onnxruntimeOperators,
  fused,
  float: {
    ConvTranspose: 'onnxruntime has no int8 kernel that its pairs reach',
    SpaceToDepth: 'onnxruntime has no int8 kernel (issue 21287)',
    LayerNormalization: 'its statistics need float precision',
  },
} as const satisfies Partial<Target>;

export const onnxruntimeSources = [
  'https://github.com/microsoft/onnxruntime/blob/v1.27.0/onnxruntime/core/optimizer/qdq_transformer/selectors_actions/qdq_selectors.cc',
  'https://github.com/microsoft/onnxruntime/blob/v1.27.0/onnxruntime/core/optimizer/qdq_transformer/selectors_actions/qdq_selector_action_transformer.cc',
  'https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html',
] as const;
