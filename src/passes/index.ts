export { fuseBatchNormalization } from './fuse-batch-normalization.ts';
