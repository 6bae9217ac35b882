export { constantsToInitializers } from './constants-to-initializers.ts';
export { type CutModel, cut, type ExtractOptions, extract } from './extract.ts';
export { fuseBatchNormalization } from './fuse-batch-normalization.ts';
export { type OptimizedGraph, type OptimizeOptions, optimizeGraph, passes } from './optimize-graph.ts';
export { type Pass, Rewriting } from './pass.ts';
export { findSilu } from './recognize-activations.ts';
export { removeUnused } from './remove-unused.ts';
