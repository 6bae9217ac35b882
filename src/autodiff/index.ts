export * from './backward.ts';
export * from './flat-layout.ts';
export * from './losses.ts';
export * from './optimizers.ts';
export { trainedConstants } from './trained-constants.ts';
export type { Frozen } from './trained-parts.ts';
export * from './training-graph.ts';
export type { TargetKind } from './training-target.ts';
export * from './validation-graph.ts';
