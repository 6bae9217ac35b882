import { UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { loadModel } from '../onnx/index.ts';
import type { Report } from '../report.ts';
import type { ImportOptions } from './imported.ts';
import { loadTfjs } from './tfjs/index.ts';
import { loadTflite } from './tflite/index.ts';

/** A model from a file, and the report on its import if the file was none of ONNX. */
export interface Loaded {
  readonly model: Model;
  readonly report?: Report;
}

/** Readers by the ending of the file's name. */
const readers: Readonly<Record<string, (path: string, options: ImportOptions) => Promise<Loaded>>> = {
  onnx: async (path) => ({ model: await loadModel(path) }),
  json: loadTfjs,
  tflite: loadTflite,
};

/**
 * Reads a model: .onnx, a TensorFlow.js model.json with the files that it names, or .tflite. Throws UsageError if the file
 * cannot be read or is of another kind, ModelError if it is malformed or cannot be converted.
 */
export async function loadAny(path: string, options: ImportOptions = {}): Promise<Loaded> {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  const read = Object.hasOwn(readers, extension) ? readers[extension] : undefined;
  if (read) return read(path, options);
  throw new UsageError(`A model file must end in .${Object.keys(readers).join(', .')}, this is '${path}'`);
}
