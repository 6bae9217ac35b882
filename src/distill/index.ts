export { type DistillResult, distill } from './distill.ts';
export { type DistillLoss, type DistillOptions, distillLosses, type ScoresCache } from './distill-options.ts';
export type { FeaturePair } from './feature-pairs.ts';
export { memoryCache } from './teacher-scores.ts';
