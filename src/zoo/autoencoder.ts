import { batchNormalization, block, dense, flatten, named, relu } from '../layers/index.ts';
import type { Architecture } from './architecture.ts';

/**
 * The autoencoder of MLPerf Tiny's anomaly detection (Koizumi et al. 2020, arXiv 2006.05822; Banbury et al. 2021, arXiv
 * 2106.07597): what it cannot give back is unusual. For [640]: 5 frames of 128 mel bands.
 */
export const autoencoder: Architecture = {
  summary:
    'autoencoder of MLPerf Tiny: nine hidden layers of 128, the middle one of 8, for anomaly detection',
  target: 'input',
  hasWidth: true,
  build(x, { width }) {
    const numbers = (x.value.shape ?? []).slice(1).reduce<number>((size, dim) => size * Number(dim), 1);
    const scaled = (units: number): number => Math.max(1, Math.round(units * width));
    const hidden = [128, 128, 128, 128, 8, 128, 128, 128, 128].flatMap((units, i) => [
      named(`dense${i + 1}`, dense(scaled(units))),
      named(`norm${i + 1}`, batchNormalization({ epsilon: 1e-3 })),
      relu(),
    ]);
    return block(flatten(), ...hidden, named('output', dense(numbers)))(x);
  },
};
