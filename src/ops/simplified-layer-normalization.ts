import { moves } from './cost.ts';
import { inferLayer } from './layer-normalization.ts';
import type { Op } from './op.ts';
import { rmsGrad } from './rms-normalization.ts';

/** RMSNormalization as onnxruntime has called it since before ONNX had it, in ONNX's own domain. */
export const simplifiedLayerNormalization: Op = {
  type: 'SimplifiedLayerNormalization',
  infer: (node) => inferLayer(node).slice(0, 2),
  cost: moves,
  parameters: [1],
  grad: rmsGrad,
};
