import type { OutputStatistics } from './output-statistics.ts';

/** How far an output's numbers are from what they were when the model was checked. */
export interface Drift {
  /** Difference of the means in standard deviations of then. */
  readonly shift: number;
  /**
   * Population stability index of the classes that had the highest score, `sum((p - q) * ln(p / q))`: below 0.1 nothing
   * has changed, above 0.25 much has (Siddiqi, Credit Risk Scorecards, 2006). Absent for outputs that score no classes, and
   * while there are fewer than 20 samples a class: chance alone makes it large then.
   */
  readonly psi?: number;
}

const samplesPerClass = 20;
/** From here on people are told. */
const muchPsi = 0.25;
const muchShift = 1;

/** How far `now` is from `then`. */
export function driftOf(now: OutputStatistics, then: OutputStatistics): Drift {
  const shift = Math.abs(now.mean - then.mean) / Math.max(then.std, 1e-12);
  const { classes } = now;
  const isTold = classes?.length === then.classes?.length && classes && then.classes;
  if (!isTold || now.rows < samplesPerClass * classes.length) return { shift };
  return { shift, psi: stability(classes, then.classes) };
}

/** Half a sample is added to each class, so that one nobody saw is no infinite surprise. */
function stability(now: readonly number[], then: readonly number[]): number {
  const [p, q] = [now, then].map((counts) => {
    const total = counts.reduce((sum, count) => sum + count + 0.5, 0);
    return counts.map((count) => (count + 0.5) / total);
  });
  return p!.reduce((sum, share, i) => sum + (share - q![i]!) * Math.log(share / q![i]!), 0);
}

/** `none`; `PSI 0.41`: in few words for a table. */
export function driftText(drift: Drift | undefined): string {
  if (!drift) return '';
  const { shift, psi } = drift;
  const figures = `${psi === undefined ? '' : `PSI ${psi.toFixed(2)}, `}mean moved ${shift.toFixed(2)} σ`;
  return isLarge(drift) ? `DRIFT: ${figures}` : figures;
}

/** Whether the numbers are no longer those that the model was checked with. */
export const isLarge = ({ shift, psi }: Drift): boolean =>
  psi === undefined ? shift >= muchShift : psi >= muchPsi;
