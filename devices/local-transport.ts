import { createHash } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { DeviceError } from '../src/errors.ts';
import type { PutOptions, Spawned, Transport } from './device.ts';
import { spawnProcess } from './process.ts';
import { runSpawned } from './run-spawned.ts';
import { commandText } from './shell-words.ts';

/** This machine as a device: commands are processes of their own, files are this machine's. */
export class LocalTransport implements Transport {
  readonly name: string;
  readonly #home: string;
  readonly #running = new Set<Spawned>();

  /** `home`: where relative paths start; the user's home folder without. */
  constructor(name: string, home: string = process.env.HOME || homedir()) {
    this.name = name;
    this.#home = home;
  }

  exec(argv: readonly string[], options = {}) {
    return runSpawned(this.spawn(argv), { device: this.name, command: commandText(argv), ...options });
  }

  spawn(argv: readonly string[]): Spawned {
    const spawned = spawnProcess(argv, { device: this.name, command: commandText(argv), group: true });
    this.#running.add(spawned);
    const over = () => void this.#running.delete(spawned);
    spawned.exit.then(over, over);
    return spawned;
  }

  async put(path: string, bytes: Uint8Array, options: PutOptions = {}): Promise<void> {
    const { signal, onProgress, mode = 0o644 } = options;
    const target = resolve(this.#home, path);
    const part = `${target}.${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.part`;
    try {
      signal?.throwIfAborted();
      await mkdir(dirname(target), { recursive: true });
      await writeSynced(part, bytes, signal);
      await chmod(part, mode);
      await rename(part, target);
      onProgress?.(bytes.length, bytes.length);
    } catch (cause) {
      await rm(part, { force: true }).catch(() => {});
      signal?.throwIfAborted();
      throw this.#fileError(`put ${path}`, `${path} was not written`, cause);
    }
  }

  async get(path: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    try {
      return await readFile(resolve(this.#home, path), { signal });
    } catch (cause) {
      signal?.throwIfAborted();
      throw this.#fileError(`get ${path}`, `${path} was not read`, cause);
    }
  }

  async close(): Promise<void> {
    const running = [...this.#running];
    for (const spawned of running) spawned.kill();
    await Promise.allSettled(running.map(({ exit }) => exit));
  }

  #fileError(command: string, what: string, cause: unknown): DeviceError {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'No such file or directory' : code === 'ENOSPC' ? 'the disk is full' : message;
    return new DeviceError(`${this.name}: ${what}: ${why}`, { device: this.name, command, cause });
  }
}

async function writeSynced(path: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes, { signal });
    await file.sync();
  } finally {
    await file.close();
  }
}
