import type { ExecOptions, ExecResult, PutOptions, Spawned, Transport } from '../device.ts';
import { getFile, putFile } from '../posix-files.ts';
import { runSpawned } from '../run-spawned.ts';
import { commandText } from '../shell-words.ts';
import type { JupyterAddress } from './address.ts';
import { getContents, putContents } from './contents.ts';
import { Processes, pythonKernel } from './processes.ts';
import { JupyterServer } from './server.ts';

/**
 * A machine behind its Jupyter server. Commands are run by a Python kernel there, and files go as over any other way:
 * whole or not at all, resumed, checked by sha256. A server without Python has its contents API for files, which reaches
 * what its root folder holds and shows, and runs no commands.
 */
export class JupyterTransport implements Transport {
  readonly name: string;
  readonly server: JupyterServer;
  readonly #processes: Processes;
  readonly #onClose: () => Promise<void>;

  /** `onClose`: ends what else of the server's is used. */
  constructor(name: string, address: JupyterAddress, onClose: () => Promise<void> = async () => {}) {
    this.#onClose = onClose;
    this.name = name;
    this.server = new JupyterServer(name, address);
    this.#processes = new Processes(this.server);
    this.spawn = this.spawn.bind(this);
  }

  exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return runSpawned(this.spawn(argv), { device: this.name, command: commandText(argv), ...options });
  }

  spawn(argv: readonly string[]): Spawned {
    return this.#processes.spawn(argv);
  }

  async put(path: string, bytes: Uint8Array, options: PutOptions = {}): Promise<void> {
    if (await pythonKernel(this.server)) return putFile(this, path, { bytes, ...options });
    return putContents(this.server, path, { bytes, ...options });
  }

  async get(path: string, options: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    if (await pythonKernel(this.server)) return getFile(this, path, options);
    return getContents(this.server, path, options);
  }

  async close(): Promise<void> {
    await Promise.all([this.#processes.close(), this.#onClose()]);
    this.server.dispose();
  }
}
