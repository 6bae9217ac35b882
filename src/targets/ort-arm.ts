import { onnxruntimeRules, onnxruntimeSources } from './onnxruntime.ts';
import type { Target } from './target.ts';

/** ARM64: SDOT and SMMLA multiply int8 by int8; kernels for uint8 activations exist as well and are slower. */
export const ortArm: Target = {
  name: 'ort-arm',
  title: 'onnxruntime on 64-bit ARM',
  sources: [
    ...onnxruntimeSources,
    'https://github.com/microsoft/onnxruntime/blob/v1.27.0/onnxruntime/core/optimizer/qdq_transformer/selectors_actions/qdq_actions.h',
  ],
  ...onnxruntimeRules,
  activations: { dtype: 'int8', symmetric: false },
  weights: { dtype: 'int8', min: -127, max: 127, perChannel: true },
};
