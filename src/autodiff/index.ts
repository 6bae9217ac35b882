export * from './backward.ts';
export * from './flat-layout.ts';
export { type Kernels, standardKernels } from './kernels.ts';
export * from './losses.ts';
export * from './optimizers.ts';
export { Tape } from './tape.ts';
export type { Formulation } from './training-forward.ts';
export * from './training-graph.ts';
