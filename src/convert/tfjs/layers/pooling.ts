import { pooling, reduce } from '../../channels-last/index.ts';
import {
  type LayerMapping,
  type LayerTable,
  onlyInput,
  paddingAt,
  pairAt,
  requireChannelsLast,
} from '../layer-call.ts';

const pool =
  (opType: 'MaxPool' | 'AveragePool'): LayerMapping =>
  (call) => {
    const { config } = call;
    requireChannelsLast(config);
    const kernel = pairAt(config, 'pool_size', 2);
    const strides = config.optional('strides') ? pairAt(config, 'strides', 1) : kernel;
    return pooling(call.w, onlyInput(call), {
      opType,
      window: { kernel, strides, padding: paddingAt(config) },
    });
  };

const globalPool =
  (opType: 'ReduceMean' | 'ReduceMax'): LayerMapping =>
  (call) => {
    requireChannelsLast(call.config);
    const keep = call.config.optional('keepdims')?.boolean() ?? false;
    return reduce(call.w, opType, { x: onlyInput(call), axes: [1, 2], keep });
  };

export const poolingLayers: LayerTable = {
  MaxPooling2D: pool('MaxPool'),
  AveragePooling2D: pool('AveragePool'),
  GlobalAveragePooling2D: globalPool('ReduceMean'),
  GlobalMaxPooling2D: globalPool('ReduceMax'),
};
