import { UsageError } from '../../errors.ts';
import type { Tensor } from '../../ir/index.ts';
import { readNpy } from './npy.ts';

/** The arrays of an .npz file by their names. Throws UsageError, naming `name`, if it is no ZIP file of NumPy arrays. */
export async function readNpz(bytes: Uint8Array, name: string): Promise<Map<string, Tensor>> {
  const { unzipSync } = await import('fflate');
  const files = unzip(() => unzipSync(bytes), name);
  const arrays = Object.entries(files).map(([file, content]) => {
    if (!file.endsWith('.npy')) throw new UsageError(`${name} must hold .npy arrays only, holds '${file}'`);
    return [file.slice(0, -4), readNpy(content, `${name}/${file}`)] as const;
  });
  return new Map(arrays);
}

function unzip(read: () => Record<string, Uint8Array>, name: string): Record<string, Uint8Array> {
  try {
    return read();
  } catch (cause) {
    throw new UsageError(`${name} cannot be read as a ZIP file of arrays: ${(cause as Error).message}`, {
      cause,
    });
  }
}
