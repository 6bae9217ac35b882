export { type Finding, type Limits, type Ranked, rank, type Verdict } from './choose.ts';
export { chooseReport } from './choose-report.ts';
export { type Efficiency, efficiencies } from './efficiency.ts';
export { type Estimate, type EstimateOptions, estimate, estimateAll, type Range } from './estimate.ts';
export { estimateReport } from './estimate-report.ts';
export type { Fit } from './fit.ts';
export { type Work, workOf } from './work.ts';
