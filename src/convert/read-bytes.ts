import { open } from 'node:fs/promises';
import { ModelError, UsageError } from '../errors.ts';

/** Node reads at most so much at once, and no format here is longer. */
const most = 2 ** 31 - 1;

/** All bytes of a file. Throws UsageError if it cannot be read, ModelError if it is longer than 2 GiB. */
export async function readBytes(path: string): Promise<Uint8Array> {
  const handle = await open(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  try {
    const { size } = await handle.stat();
    if (size > most) throw new ModelError(`The file must be at most ${most} bytes long, is ${size}`);
    return await handle.readFile();
  } catch (cause) {
    throw cause instanceof ModelError ? cause : unreadable(path, cause);
  } finally {
    await handle.close();
  }
}

const unreadable = (path: string, cause: unknown): UsageError =>
  new UsageError(`Model file '${path}' must be a readable file: ${(cause as Error).message}`, { cause });
