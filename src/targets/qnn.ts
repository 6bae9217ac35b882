import { each } from './each.ts';
import type { Target } from './target.ts';

const own = { scales: 'own' } as const;
const shared = { scales: 'shared' } as const;

/** Qualcomm's HTP through onnxruntime's QNN provider: a node unit is int8 only with pairs at all inputs and outputs. */
export const qnn: Target = {
  name: 'qnn',
  title: 'Qualcomm AI Engine (QNN, HTP)',
  sources: [
    'https://onnxruntime.ai/docs/execution-providers/QNN-ExecutionProvider.html',
    'https://github.com/microsoft/onnxruntime/blob/v1.27.0/onnxruntime/core/optimizer/qdq_transformer/selectors_actions/shared/utils.cc',
    'https://github.com/onnxruntime/onnxruntime-qnn/issues/739',
  ],
  activations: { dtype: 'uint8', symmetric: false },
  weights: { dtype: 'int8', min: -127, max: 127, perChannel: true },
  bias: 'int32',
  io: 'float32',
  placement: 'around',
  format: 'qdq',
  opset: { min: 13, max: 24 },
  limits: { staticShapes: true },
  operators: {
    Conv: { when: [{ input: 0, rank: [3, 4, 5] }] },
    ConvTranspose: { when: [{ input: 0, rank: [3, 4, 5] }] },
    // HTP takes one weight scale a channel for convolutions only.
    ...each(['Gemm', 'MatMul'], { perChannel: false }),
    ...each(['Add', 'Sub', 'Mul', 'Div', 'Concat', 'ReduceMean'], own),
    ...each(['AveragePool', 'GlobalAveragePool', 'LeakyRelu', 'PRelu', 'HardSwish', 'Elu', 'Gelu'], own),
    ...each(['Where', 'LogSoftmax'], own),
    ...each(['MaxPool', 'Reshape', 'Flatten', 'Transpose', 'Squeeze', 'Unsqueeze', 'Split'], shared),
    ...each(['Gather', 'Slice', 'Tile', 'DepthToSpace', 'SpaceToDepth', 'Pad', 'Expand', 'Resize'], shared),
    ...each(['ReduceMax', 'ReduceMin'], shared),
    // uint8 encodings: the kernels of unit-range functions want [0, 255/256] and [-1, 127/128].
    Softmax: { ...own, output: { scale: 1 / 256, zeroPoint: 0 } },
    Sigmoid: { ...own, output: { scale: 1 / 256, zeroPoint: 0 } },
    Tanh: { ...own, output: { scale: 1 / 128, zeroPoint: 128 } },
    ...each(['Relu', 'Clip'], {}),
  },
  fused: [
    ['Conv', 'Relu'],
    ['Conv', 'Clip'],
    ['ConvTranspose', 'Relu'],
    ['ConvTranspose', 'Clip'],
    ['Gemm', 'Relu'],
    ['Gemm', 'Clip'],
    ['MatMul', 'Relu'],
    ['Add', 'Relu'],
    ['Add', 'Clip'],
  ],
};
