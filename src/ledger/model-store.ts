import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ModelError } from '../errors.ts';
import { removeStaleDrafts, writeDurable } from './durable.ts';

/** Model files named by the sha256 of their bytes. */
export class ModelStore {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(folder: string): Promise<ModelStore> {
    await mkdir(folder, { recursive: true });
    await removeStaleDrafts(folder);
    return new ModelStore(folder);
  }

  path(id: string): string {
    return path.join(this.folder, `${id}.onnx`);
  }

  /** Stores bytes once, whatever their variants are called, and returns their id. A damaged file is replaced. */
  async put(content: Uint8Array): Promise<string> {
    const id = sha256(content);
    const present = await readFile(this.path(id)).catch(() => undefined);
    if (present && sha256(present) === id) return id;
    await mkdir(this.folder, { recursive: true });
    await writeDurable(this.path(id), content);
    return id;
  }

  /** The bytes of a model. Throws ModelError if the file is gone or damaged. */
  read(id: string): Uint8Array {
    const file = this.path(id);
    let content: Uint8Array;
    try {
      content = readFileSync(file);
    } catch (cause) {
      throw new ModelError(`The model file ${file} cannot be read. Make the variant again.`, { cause });
    }
    if (sha256(content) === id) return content;
    throw new ModelError(
      `The model file ${file} must have the sha256 of its name, it was changed. Make the variant again.`,
    );
  }
}

/** In hexadecimal: the id of a model is that of its ONNX bytes. */
export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
