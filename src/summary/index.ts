export { modelSummary } from './model-summary.ts';
export { type WeightsOptions, weightsReport } from './weights-report.ts';
