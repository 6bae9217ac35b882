import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const temporary = '.tmp-';
/** Age at which a temporary file cannot belong to a write that is still going on. */
const staleMilliseconds = 3_600_000;

/** Writes a file so that a crash leaves either all of it or nothing: temporary file, fsync, rename. */
export async function writeDurable(file: string, content: Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  const draft = path.join(folder, `${temporary}${process.pid}-${randomUUID()}`);
  try {
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/**
 * Appends bytes in one write, so that appends of several processes do not mix, and waits until they are on disk.
 * Throws if the disk took only a part.
 */
export async function appendDurable(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, 'a');
  try {
    const { bytesWritten } = await handle.write(content);
    if (bytesWritten < content.byteLength) {
      throw new Error(`${file}: only ${bytesWritten} of ${content.byteLength} bytes could be written`);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes new names in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what crashed writes left in a folder. */
export async function removeStaleDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(temporary)) continue;
    const file = path.join(folder, name);
    const age =
      Date.now() -
      (await stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => Date.now(),
      ));
    if (age > staleMilliseconds) await rm(file, { force: true });
  }
}
