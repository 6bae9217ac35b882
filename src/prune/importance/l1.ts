import { magnitude } from './magnitude.ts';

/** Sums of absolute weights (Li et al. 2017, Pruning Filters for Efficient ConvNets, arXiv 1608.08710). */
export const l1 = magnitude('l1', 1, 'sum of absolute weights of a channel');
