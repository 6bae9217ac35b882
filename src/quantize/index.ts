export { type AutoOptions, AutoReport, quantizeAuto } from './auto/index.ts';
export { type CalibrateOptions, type Calibration, calibrate } from './calibrate.ts';
export type { CalibrationState } from './calibration-state.ts';
export * from './doctor/index.ts';
export { type EmitOptions, type Emitted, emit } from './emit.ts';
export { encode, type Scheme } from './encode.ts';
export type { ActivationEncoding, Encodings, WeightEncoding } from './encodings.ts';
export { type FeedsOptions, feedsOf } from './feeds-of.ts';
export { modelWeights, type Weight } from './model-weights.ts';
export type { Observer, ObserverFactory, ObserverState, Range, SampleExtremes } from './observer.ts';
export * from './observers/index.ts';
export { PartedReport } from './parted-report.ts';
export {
  foldedInto,
  type PlannedRule,
  type PlanOptions,
  planQuantization,
  type QuantizationPlan,
} from './plan.ts';
export { planOf, prepare } from './prepare.ts';
export { schemeFor } from './quantize-options.ts';
export {
  type FloatNode,
  type OutputNoise,
  QuantizationReport,
  type QuantizedTensor,
} from './quantize-report.ts';
export {
  type DropLimit,
  type QuantizedModel,
  type QuantizeOptions,
  quantizeStatic,
  type SaturationProbe,
} from './quantize-static.ts';
export { quantizeTrained, type TrainedOptions } from './quantize-trained.ts';
export { type ActivationType, type Affine, affineOf, type IntegerRange, roundHalfEven } from './scale.ts';
export { schemeOf } from './scheme-of.ts';
export * from './schemes/index.ts';
export { observedValues, sharedRange } from './shared-range.ts';
export { dequantizedConstant } from './stored-weights/dequantized.ts';
