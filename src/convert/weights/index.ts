import { readNpz } from '../../data/index.ts';
import { UsageError } from '../../errors.ts';
import type { Model, Tensor } from '../../ir/index.ts';
import { readBytes } from '../read-bytes.ts';
import { inFile } from '../source-error.ts';
import { type Assigned, type AssignOptions, assignWeights } from './assign.ts';
import { readSafetensors } from './safetensors.ts';

export { type Assigned, type AssignOptions, assignWeights } from './assign.ts';
export { readSafetensors } from './safetensors.ts';

const formats: Readonly<Record<string, (bytes: Uint8Array, name: string) => Map<string, Tensor>>> = {
  safetensors: readSafetensors,
  npz: readNpz,
};

/** True for the names of files that hold weights alone. */
export const isWeightsFile = (path: string): boolean => formatOf(path) !== undefined;

const formatOf = (path: string): ((bytes: Uint8Array, name: string) => Map<string, Tensor>) | undefined => {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(formats, extension) ? formats[extension] : undefined;
};

/**
 * A copy of `model` with the weights of a .safetensors or .npz file, by the names of its parameters. Throws UsageError if
 * the file is of another kind or cannot be read, ModelError if it is malformed or does not fit the model.
 */
export async function loadWeights(
  model: Model,
  path: string,
  options: AssignOptions = {},
): Promise<Assigned> {
  const read = formatOf(path);
  if (!read)
    throw new UsageError(
      `A file of weights must end in .${Object.keys(formats).join(' or .')}, this is '${path}'`,
    );
  return inFile(path, async () => assignWeights(model, read(await readBytes(path), path), options));
}
