export { type CalibrateOptions, type Calibration, calibrate } from './calibrate.ts';
export { type FeedsOptions, feedsOf } from './feeds-of.ts';
export { modelWeights, type Weight } from './model-weights.ts';
export type { Observer, ObserverFactory, Range } from './observer.ts';
export { minMax } from './observers/min-max.ts';
export {
  type FloatNode,
  type OutputNoise,
  QuantizationReport,
  type QuantizedTensor,
} from './quantize-report.ts';
export { type QuantizeOptions, quantizeStatic } from './quantize-static.ts';
export { type ActivationType, type Affine, affineOf, roundHalfEven } from './scale.ts';
export * from './schemes/index.ts';
