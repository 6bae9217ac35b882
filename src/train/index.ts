export { type FitOptions, fit } from './fit.ts';
export { type StepMetrics, TrainingReport } from './training-report.ts';
