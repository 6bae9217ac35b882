import { each } from './each.ts';
import { tfliteFusions, tfliteSources, unitEncoding } from './lite-rt.ts';
import type { Target } from './target.ts';

const own = { scales: 'own' } as const;
const shared = { scales: 'shared' } as const;

/** Generated C and CMSIS-NN on microcontrollers: the kernels of the LiteRT specification that CMSIS-NN has. */
export const c: Target = {
  name: 'c',
  title: 'C code for microcontrollers (CMSIS-NN kernels)',
  sources: [
    'https://arm-software.github.io/CMSIS-NN/latest/index.html',
    'https://arxiv.org/abs/1801.06601',
    ...tfliteSources,
  ],
  activations: { dtype: 'int8', symmetric: false },
  weights: { dtype: 'int8', min: -127, max: 127, perChannel: true },
  bias: 'int32',
  io: 'int8',
  placement: 'around',
  format: 'qoperator',
  opset: { min: 13 },
  limits: { staticShapes: true, batch: 1 },
  operators: {
    Conv: { when: [{ input: 0, rank: [3, 4] }] },
    ConvTranspose: { when: [{ input: 0, rank: [4] }] },
    ...each(['Gemm', 'MatMul'], {}),
    ...each(['Add', 'Mul'], own),
    ...each(['AveragePool', 'GlobalAveragePool', 'MaxPool', 'Max', 'Min', 'Concat'], shared),
    ...each(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose'], shared),
    Pad: { ...shared, when: [{ attribute: 'mode', oneOf: ['constant'], otherwise: 'constant' }] },
    Softmax: { ...own, output: unitEncoding },
    Relu: {},
    Clip: {},
  },
  // CMSIS-NN has no subtraction.
  fused: tfliteFusions.filter(([op]) => op !== 'Sub'),
};
