import { open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ModelError, UsageError } from '../errors.ts';
import type { Model } from '../ir/index.ts';
import { maxBytes, messageOf, toPieces, type WriteOptions } from './codec.ts';
import { externalFiles, isInside, resolveExternalData } from './external-data.ts';
import { decodeModel } from './model.ts';
import { type ExternalDataOptions, moveOut } from './move-out.ts';
import { readMessage } from './protobuf-reader.ts';
import { readRange } from './read-range.ts';
import { replaceFile } from './replace-file.ts';
import type { ModelProto } from './schema.ts';

/**
 * Reads an ONNX file, and the data that it keeps in files beside it. Throws UsageError if there is no such
 * file, ModelError if it is malformed, if external data is missing or is outside the model's folder.
 */
export async function loadModel(path: string): Promise<Model> {
  return withMessage(path, async (message) => decodeModel(await resolveExternalData(message, path)));
}

/**
 * Size of an ONNX file and of the files that it keeps data in, in bytes. Throws UsageError if there is no such
 * file, ModelError if it is malformed or external data is missing.
 */
export async function modelSize(path: string): Promise<number> {
  const files = [path, ...(await withMessage(path, (message) => externalFiles(message, path)))];
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Reads the message in a file for `use`; errors name the file. */
async function withMessage<T>(path: string, use: (message: ModelProto) => Promise<T>): Promise<T> {
  const bytes = await readFile(path);
  try {
    return await use(readMessage('ModelProto', bytes));
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const { op, node, value } = error;
    throw new ModelError(`${path}: ${error.message}`, { op, node, value, cause: error });
  }
}

async function readFile(path: string): Promise<Uint8Array> {
  const handle = await open(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  try {
    const { size } = await handle.stat();
    if (size > maxBytes)
      throw new ModelError(`${path}: an ONNX file must be at most ${maxBytes} bytes long, is ${size}`);
    return await readRange(handle, 0, size);
  } catch (cause) {
    throw cause instanceof ModelError ? cause : unreadable(path, cause);
  } finally {
    await handle.close();
  }
}

const unreadable = (path: string, cause: unknown): UsageError =>
  new UsageError(`Model file '${path}' must be a readable file: ${(cause as Error).message}`, { cause });

export interface SaveOptions extends WriteOptions {
  /** Keeps large tensors in a second file; needed for models beyond 2 GiB. */
  readonly externalData?: ExternalDataOptions;
}

/**
 * Writes an ONNX file; an existing one is replaced at once, or not at all if writing fails. With external
 * data, that file is in place before the model that points to it.
 */
export async function saveModel(model: Model, path: string, options: SaveOptions = {}): Promise<void> {
  const message = messageOf(model, options);
  const { externalData } = options;
  if (!externalData) return replaceFile(path, toPieces(message));
  const folder = dirname(resolve(path));
  const dataPath = resolve(folder, externalData.location);
  if (!isInside(folder, externalData.location) || dataPath === resolve(path))
    throw new UsageError(
      `The location of external data must be another file in the model's folder, was '${externalData.location}'`,
    );
  const { message: rest, pieces } = moveOut(message, externalData);
  const modelPieces = toPieces(rest);
  await replaceFile(dataPath, pieces);
  await replaceFile(path, modelPieces);
}
