export * from './backward.ts';
export { denseFilter } from './blocked/filters.ts';
export {
  affine,
  blockedConv,
  channelDot,
  channelSum,
  reorderInput,
  reorderOutput,
} from './blocked/nchwc.ts';
export { microsoft, nchwc } from './blocked/types.ts';
export { copiedAttributes } from './copied-attributes.ts';
export { type Distillation, partPrefix, type TeacherTerm } from './distillation.ts';
export * from './flat-layout.ts';
export { type GradientGraph, gradientGraph } from './gradient-graph.ts';
export { type Kernels, kernelBuilder, standardKernels } from './kernels.ts';
export * from './losses.ts';
export * from './optimizers.ts';
export { type StatisticsGraph, statisticsGraph } from './statistics-graph.ts';
export { Tape } from './tape.ts';
export { teacherGraph } from './teacher-graph.ts';
export { trainedConstants } from './trained-constants.ts';
export { checkOpset, type Frozen, oldestOpset, trainedParts, withOpsets } from './trained-parts.ts';
export { copyForTraining, type Formulation } from './training-forward.ts';
export * from './training-graph.ts';
export { hasClasses, type TargetKind } from './training-target.ts';
export * from './validation-graph.ts';
