import { moves } from './cost.ts';
import { inferLayer } from './layer-normalization.ts';
import { layerNormalizationChannels } from './normalization-channels.ts';
import type { Op } from './op.ts';
import { rmsGrad } from './rms-normalization.ts';

/** RMSNormalization as onnxruntime has called it since before ONNX had it, in ONNX's own domain. */
export const simplifiedLayerNormalization: Op = {
  type: 'SimplifiedLayerNormalization',
  infer(node) {
    const [y, , inverse] = inferLayer(node);
    return [{ dtype: node.input(1).dtype, shape: y?.shape }, inverse!];
  },
  cost: moves,
  parameters: [1],
  grad: rmsGrad,
  channels: layerNormalizationChannels,
};
