export { constantsToInitializers } from './constants-to-initializers.ts';
export { fuseBatchNormalization } from './fuse-batch-normalization.ts';
export { removeUnused } from './remove-unused.ts';
