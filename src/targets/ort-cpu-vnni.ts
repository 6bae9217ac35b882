import { onnxruntimeRules, onnxruntimeSources } from './onnxruntime.ts';
import type { Target } from './target.ts';

/** x86 with VNNI: products of uint8 and int8 are summed in 32 bits, so 8-bit weights are exact. */
export const ortCpuVnni: Target = {
  name: 'ort-cpu-vnni',
  title: 'onnxruntime on x86 with VNNI',
  sources: onnxruntimeSources,
  ...onnxruntimeRules,
  activations: { dtype: 'uint8', symmetric: false },
  weights: { dtype: 'int8', min: -127, max: 127, perChannel: true },
};
