import { each } from './each.ts';
import type { Target } from './target.ts';

/** A convolution of few channels runs faster in float16: int8 tensor cores take 16 channels at a time. */
const wideConv = [
  { input: 1, axis: 0, atLeast: 16 },
  { input: 1, axis: 1, atLeast: 16 },
] as const;

/**
 * TensorRT's explicit quantization: symmetric int8 before the inputs of what should run in int8; TensorRT moves
 * the pairs and fuses them. The bias stays float, and so does the edge from a convolution to a sum that joins it.
 */
export const tensorrt: Target = {
  name: 'tensorrt',
  title: 'NVIDIA TensorRT',
  sources: [
    'https://docs.nvidia.com/deeplearning/tensorrt/latest/inference-library/work-quantized-types.html',
    'https://github.com/NVIDIA/TensorRT/issues/1992',
    'https://github.com/NVIDIA/Model-Optimizer/blob/main/modelopt/onnx/quantization/graph_utils.py',
  ],
  activations: { dtype: 'int8', symmetric: true },
  weights: { dtype: 'int8', min: -127, max: 127, perChannel: true },
  bias: 'float32',
  io: 'float32',
  placement: 'inputs',
  format: 'qdq',
  opset: { min: 13, max: 24 },
  operators: {
    Conv: { when: wideConv },
    ConvTranspose: { when: wideConv },
    ...each(['Gemm', 'MatMul'], {}),
    ...each(['Add', 'AveragePool', 'GlobalAveragePool'], { scales: 'own' }),
    Resize: {
      scales: 'shared',
      when: [{ attribute: 'mode', oneOf: ['nearest', 'linear'], otherwise: 'nearest' }],
    },
    ...each(['MaxPool', 'Reshape', 'Flatten', 'Transpose', 'Squeeze', 'Unsqueeze', 'Slice'], {
      scales: 'shared',
    }),
    Concat: { scales: 'shared' },
    ...each(['Relu', 'Clip'], {}),
  },
  fused: [
    ['Conv', 'Relu'],
    ['Conv', 'Clip'],
    ['Conv', 'Add', 'Relu'],
    ['Conv', 'Add', 'Clip'],
    ['ConvTranspose', 'Relu'],
    ['Gemm', 'Relu'],
    ['MatMul', 'Relu'],
    ['Add', 'Relu'],
    ['Add', 'Clip'],
  ],
  residual: 'external',
  float: {
    Softmax: 'TensorRT computes it in float16 inside its fused attention',
    Sigmoid: 'TensorRT joins it to its neighbours in float16',
    Mul: 'TensorRT joins it to its neighbours in float16',
    LayerNormalization: 'its statistics need float precision',
  },
};
