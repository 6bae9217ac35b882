export { constantsToInitializers } from './constants-to-initializers.ts';
export { type CutModel, cut, type ExtractOptions, extract } from './extract.ts';
export { type FixedShapes, fixShapes } from './fix-shapes.ts';
export { fuseBatchNormalization } from './fuse-batch-normalization.ts';
export { type OptimizedGraph, type OptimizeOptions, optimizeGraph, passes } from './optimize-graph.ts';
export { type Pass, Rewriting } from './pass.ts';
export { findSilu } from './recognize-activations.ts';
export { removeUnused } from './remove-unused.ts';
export { upgradeOpset } from './upgrade-opset.ts';
