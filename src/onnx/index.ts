export { readModel, writeModel } from './codec.ts';
export { loadModel, type SaveOptions, saveModel } from './file.ts';
export type { ExternalDataOptions } from './move-out.ts';
