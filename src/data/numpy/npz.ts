import { UsageError } from '../../errors.ts';
import type { Tensor } from '../../ir/index.ts';
import { readNpy } from './npy.ts';
import { readZip } from './zip.ts';

/** The arrays of an .npz file by their names. Throws UsageError, naming `name`, if it is no ZIP file of NumPy arrays. */
export function readNpz(bytes: Uint8Array, name: string): Map<string, Tensor> {
  const arrays = Array.from(unzip(bytes, name), ([file, content]): [string, Tensor] => {
    if (!file.endsWith('.npy')) throw new UsageError(`${name} must hold .npy arrays only, holds '${file}'`);
    return [file.slice(0, -4), readNpy(content, `${name}/${file}`)];
  });
  return new Map(arrays);
}

function unzip(bytes: Uint8Array, name: string): Map<string, Uint8Array> {
  try {
    return readZip(bytes);
  } catch (cause) {
    throw new UsageError(`${name} cannot be read as a ZIP file of arrays: ${(cause as Error).message}`, {
      cause,
    });
  }
}
