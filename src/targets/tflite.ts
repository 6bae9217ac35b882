import { tfliteFusions, tfliteOperators, tfliteSources } from './lite-rt.ts';
import type { Target } from './target.ts';

/** LiteRT (TensorFlow Lite): int8 with a zero point for activations, symmetric weights with one scale a channel. */
export const tflite: Target = {
  name: 'tflite',
  title: 'LiteRT (TensorFlow Lite), TFLite Micro',
  sources: tfliteSources,
  activations: { dtype: 'int8', symmetric: false },
  weights: { dtype: 'int8', min: -127, max: 127, perChannel: true },
  bias: 'int32',
  io: 'float32',
  placement: 'around',
  format: 'qdq',
  opset: { min: 13 },
  operators: tfliteOperators,
  fused: tfliteFusions,
};
