import { each } from './each.ts';
import type { Target } from './target.ts';

/** OpenVINO reads pairs as FakeQuantize; its low-precision transformations move them through the graph. */
export const openvino: Target = {
  name: 'openvino',
  title: 'OpenVINO (CPU, GPU, NPU)',
  sources: [
    'https://docs.openvino.ai/2025/openvino-workflow/model-optimization-guide/quantizing-models-post-training/basic-quantization-flow.html',
    'https://docs.openvino.ai/2025/documentation/openvino-extensibility/openvino-plugin-library/advanced-guides/low-precision-transformations.html',
    'https://github.com/openvinotoolkit/openvino/blob/master/src/frontends/onnx/frontend/src/op/quantize_linear.cpp',
  ],
  activations: { dtype: 'uint8', symmetric: false },
  weights: { dtype: 'int8', min: -127, max: 127, perChannel: true },
  bias: 'float32',
  io: 'float32',
  placement: 'inputs',
  format: 'qdq',
  opset: { min: 13, max: 23 },
  operators: {
    ...each(['Conv', 'ConvTranspose', 'Gemm', 'MatMul'], {}),
    ...each(['Add', 'Mul', 'AveragePool', 'GlobalAveragePool', 'ReduceMean'], { scales: 'own' }),
    Concat: { scales: 'shared' },
    ...each(['MaxPool', 'Reshape', 'Flatten', 'Transpose', 'Squeeze', 'Unsqueeze'], { scales: 'shared' }),
    ...each(['Split', 'DepthToSpace', 'Slice', 'Gather', 'Pad'], { scales: 'shared' }),
    Resize: { scales: 'shared', when: [{ attribute: 'mode', oneOf: ['nearest'], otherwise: 'nearest' }] },
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
    ['Mul', 'Relu'],
  ],
  float: {
    Softmax: 'OpenVINO computes it in float',
    Sigmoid: 'OpenVINO computes it in float, joined to its neighbours',
    LayerNormalization: 'its statistics need float precision',
  },
};
