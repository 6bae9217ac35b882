import type { FileHandle } from 'node:fs/promises';

/** One read call takes less than 2 GiB. */
const maxRead = 2 ** 30;

/** `length` bytes of a file from `offset` on; fewer if the file ends before. Files beyond 2 GiB are fine. */
export async function readRange(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const wanted = Math.min(maxRead, length - done);
    const { bytesRead } = await handle.read(bytes, done, wanted, offset + done);
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
  }
  return bytes;
}
