export * from './compare.ts';
export * from './ledger.ts';
export { sha256 } from './model-store.ts';
export * from './pareto-of.ts';
export { type Choice, ParetoPlot } from './pareto-plot.ts';
export type { Json, KeptResult, Measurement, StoredMeasurement, VariantRecord } from './record.ts';
export { Variant } from './variant.ts';
