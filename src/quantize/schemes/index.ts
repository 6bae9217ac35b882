export { type DynamicOptions, quantizeDynamic } from './dynamic/quantize-dynamic.ts';
export type { IntegerFormat, WeightBits } from './grouped/integer-format.ts';
export type { OutputSqnr } from './output-sqnr.ts';
export { packInt4 } from './pack-int4.ts';
export { type QOperatorOptions, toQOperator } from './q-operator/to-q-operator.ts';
export { type Rewritten, SchemeReport } from './scheme-report.ts';
export type { WeightOnlyOptions } from './weight-only/options.ts';
export { quantizeWeights, type RewrittenWeight } from './weight-only/quantize-weights.ts';
