export { type FitOptions, type FitProgress, fit } from './fit.ts';
export { type StepMetrics, TrainingReport } from './training-report.ts';
