export { optimizedByOnnxruntime } from './optimized-model.ts';
export { type NodeTime, profileNodes } from './profile.ts';
export * from './session.ts';
