export * from './backward.ts';
export * from './flat-layout.ts';
export * from './losses.ts';
export * from './optimizers.ts';
export * from './training-graph.ts';
