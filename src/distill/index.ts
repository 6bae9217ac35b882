export { type DistillResult, distill } from './distill.ts';
export { type DistillLoss, type DistillOptions, distillLosses } from './distill-options.ts';
export type { FeaturePair } from './feature-pairs.ts';
export { fileCache } from './file-cache.ts';
export { memoryCache, type ScoresCache, type ScoresKey } from './scores-cache.ts';
