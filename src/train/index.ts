export type { AugmentOptions } from './augment/index.ts';
export {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
} from './checkpoint.ts';
export { exportTrainingGraph } from './export-graph.ts';
export { fit } from './fit.ts';
export { type FitOptions, type FitProgress, losses, optimizers } from './fit-options.ts';
export { describeLoss } from './fit-run.ts';
export { isRegression } from './fit-target.ts';
export { freshWeights } from './fresh-weights.ts';
export { type LossOptions, type LossTask, lossTask } from './loss-task.ts';
export { applyMasks, checkMasks, type MaskMoment, type MaskSchedule, type Masks } from './masks.ts';
export { PreparedModel, preparedCopy } from './prepare-model.ts';
export { replaceHead } from './replace-head.ts';
export { plateau, type Schedule, type ScheduleName, schedules, warmUp } from './schedules.ts';
export { type TestLoss, testLoss } from './test-loss.ts';
export { type StepMetrics, TrainingReport } from './training-report.ts';
export { type ValidationMetrics, withValidationSplit } from './validation.ts';
