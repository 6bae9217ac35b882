export type { Imported, ImportOptions } from './imported.ts';
export { loadAny } from './load-any.ts';
export { loadTfjs, readTfjs } from './tfjs/index.ts';
export { loadTflite, readTflite } from './tflite/index.ts';
export {
  type Assigned,
  type AssignOptions,
  assignWeights,
  isWeightsFile,
  loadWeights,
  readSafetensors,
} from './weights/index.ts';
