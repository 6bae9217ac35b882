import { gemm } from '../gemm.ts';
import type { Op } from '../op.ts';
import { microsoft } from './domain.ts';

/** A Gemm, then an activation. */
export const fusedGemm: Op = {
  type: 'FusedGemm',
  domain: microsoft,
  infer: gemm.infer,
  cost: gemm.cost,
  parameters: [1, 2],
};
