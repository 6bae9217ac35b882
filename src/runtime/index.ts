export { optimizedByOnnxruntime } from './optimized-model.ts';
export { type NodeTime, type Profiler, profileNodes } from './profile.ts';
export * from './session.ts';
