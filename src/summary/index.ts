export { type LayerTimeRow, type LayerTimesOptions, layerTimes } from './layer-times.ts';
export { modelSummary } from './model-summary.ts';
export { type WeightsOptions, weightsReport } from './weights-report.ts';
