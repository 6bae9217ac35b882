import { magnitude } from './magnitude.ts';

/** Sums of squared weights, as Torch-Pruning ranks by default (Fang et al. 2023, arXiv 2301.12900). */
export const l2 = magnitude('l2', 2, 'sum of squared weights of a channel');
