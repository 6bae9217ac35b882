export * from './compare.ts';
export * from './ledger.ts';
export * from './pareto-of.ts';
export type { Json, Measurement, StoredMeasurement, VariantRecord } from './record.ts';
export { Variant } from './variant.ts';
