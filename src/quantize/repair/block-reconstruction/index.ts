export {
  type BlockReconstructionOptions,
  blockReconstructing,
  blockReconstruction,
  type ReconstructionProgress,
} from './block-reconstruction.ts';
