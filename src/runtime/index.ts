export { optimizedByOnnxruntime } from './optimized-model.ts';
export * from './session.ts';
