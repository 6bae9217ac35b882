import { onnxruntimeRules, onnxruntimeSources } from './onnxruntime.ts';
import type { Target } from './target.ts';

/**
 * x86 without VNNI: VPMADDUBSW adds two products of uint8 and int8 in saturating 16 bits. With weights of magnitude 64
 * or less, 2 * 255 * 64 fits.
 */
export const ortCpuAvx2: Target = {
  name: 'ort-cpu-avx2',
  title: 'onnxruntime on x86 without VNNI (AVX2, AVX-512)',
  sources: [
    ...onnxruntimeSources,
    'https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html#when-and-why-do-i-need-to-try-u8u8',
  ],
  ...onnxruntimeRules,
  activations: { dtype: 'uint8', symmetric: false },
  weights: { dtype: 'int8', min: -64, max: 64, perChannel: true },
};
