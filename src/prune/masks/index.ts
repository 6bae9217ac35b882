export { describePattern } from './mask-weights.ts';
export type { BlockPattern } from './n-of-m.ts';
export type { Pattern, PruneWeightsOptions, Scope, WeightImportance, WeightPruning } from './options.ts';
export { pruneWeights } from './prune-weights.ts';
export { weightImportances } from './scores.ts';
export { type PrunedWeight, WeightPruningReport } from './weight-report.ts';
