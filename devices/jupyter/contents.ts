import { createHash } from 'node:crypto';
import type { Contents } from '@jupyterlab/services';
import { DeviceError } from '../../src/errors.ts';
import type { PutOptions } from '../device.ts';
import { errorText, isMissing } from './failure.ts';
import type { JupyterServer } from './server.ts';

/** Bytes that go at a time; a multiple of 3, so that each part is base64 by itself. */
const chunkSize = 3 << 18;

/**
 * Writes a file by the server's contents API, below its root folder: to a temporary beside it, whose content is read back
 * and must have the sha256, then renamed. Throws DeviceError, also for hidden and absolute paths.
 */
export async function putContents(
  server: JupyterServer,
  path: string,
  { bytes, signal, onProgress }: PutOptions & { readonly bytes: Uint8Array },
): Promise<void> {
  checkPath(server, path, 'written');
  const contents = server.contents();
  const sum = sha256(bytes);
  const part = `${path}.${sum.slice(0, 16)}.part`;
  try {
    signal?.throwIfAborted();
    await makeFolders(contents, path);
    await sendChunks(contents, part, { bytes, ...(signal && { signal }), ...(onProgress && { onProgress }) });
    if (sha256(await read(contents, part)) !== sum) throw new Error('what has arrived has another sha256');
    await contents.delete(path).catch((error) => {
      if (!isMissing(error)) throw error;
    });
    await contents.rename(part, path);
  } catch (cause) {
    await contents.delete(part).catch(() => {});
    signal?.throwIfAborted();
    throw fileError(server, `put ${path}`, { what: `${path} was not written`, cause });
  } finally {
    contents.dispose();
  }
}

/** Reads a file by the server's contents API. Throws DeviceError. */
export async function getContents(
  server: JupyterServer,
  path: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Uint8Array> {
  checkPath(server, path, 'read');
  const contents = server.contents();
  try {
    signal?.throwIfAborted();
    return await read(contents, path);
  } catch (cause) {
    signal?.throwIfAborted();
    throw fileError(server, `get ${path}`, { what: `${path} was not read`, cause });
  } finally {
    contents.dispose();
  }
}

async function sendChunks(
  contents: Contents.IManager,
  path: string,
  { bytes, signal, onProgress }: PutOptions & { readonly bytes: Uint8Array },
): Promise<void> {
  for (let at = 0, number = 1; at < bytes.length || at === 0; at += chunkSize, number++) {
    signal?.throwIfAborted();
    const end = Math.min(at + chunkSize, bytes.length);
    const isLast = end === bytes.length;
    const content = Buffer.from(bytes.subarray(at, end)).toString('base64');
    // A file of one part has no number; -1 is the last of several.
    const chunk = isLast ? (number === 1 ? undefined : -1) : number;
    const model = { type: 'file', format: 'base64', content } as const;
    await contents.save(path, { ...model, ...(chunk !== undefined && { chunk }) });
    onProgress?.(end, bytes.length);
  }
}

async function read(contents: Contents.IManager, path: string): Promise<Uint8Array> {
  const model = await contents.get(path, { type: 'file', format: 'base64', content: true });
  return Buffer.from(String(model.content), 'base64');
}

async function makeFolders(contents: Contents.IManager, path: string): Promise<void> {
  const names = path.split('/').slice(0, -1);
  for (let i = 1; i <= names.length; i++) {
    const folder = names.slice(0, i).join('/');
    const isThere = await contents.get(folder, { content: false }).then(
      () => true,
      () => false,
    );
    if (!isThere) await contents.save(folder, { type: 'directory' });
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function checkPath({ device, address }: JupyterServer, path: string, done: string): void {
  const isReachable = !path.startsWith('/') && !path.split('/').some((name) => name.startsWith('.'));
  if (isReachable) return;
  throw new DeviceError(
    `${device}: ${path} was not ${done}: without a Python kernel at ${address.baseUrl} only files that its Jupyter server shows below its root folder can be. Install one there: pip install ipykernel`,
    { device, command: 'contents' },
  );
}

function fileError(
  { device }: JupyterServer,
  command: string,
  { what, cause }: { readonly what: string; readonly cause: unknown },
): DeviceError {
  const why = isMissing(cause) ? 'No such file or directory' : errorText(cause);
  return new DeviceError(`${device}: ${what}: ${why}`, { device, command, cause });
}
