export { PermutationReport, type PermutedWeight } from './permutation-report.ts';
export { type PermuteOptions, permuteChannels } from './permute-channels.ts';
export { reorderChannels } from './reorder-channels.ts';
