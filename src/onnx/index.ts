export { readModel, type WriteOptions, writeModel, writtenSize } from './codec.ts';
export { loadModel, modelSize, type SaveOptions, saveModel } from './file.ts';
export type { ExternalDataOptions } from './move-out.ts';
