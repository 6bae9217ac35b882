import { DeviceError } from '../../src/errors.ts';
import type { Spawned } from '../device.ts';
import { lateSpawn } from '../ssh/late-spawn.ts';
import { Channel } from './channel.ts';
import { KernelSession } from './kernel-session.ts';
import { prepareKernel } from './prepare-kernel.ts';
import { processesTarget, pythonCell, pythonProcesses } from './python-processes.ts';
import { RemoteProcess } from './remote-process.ts';
import type { JupyterServer } from './server.ts';

/**
 * Commands on a machine whose Jupyter server is the only way in: a Python kernel of their own runs them. The server's
 * terminals were not used: a terminal joins stdout and stderr, takes no bytes but text, and tells no exit code.
 */
export class Processes {
  readonly #server: JupyterServer;
  readonly #running = new Map<number, RemoteProcess>();
  #session: KernelSession | undefined;
  #channel: Channel | undefined;
  #opening: Promise<void> | undefined;
  #last = 0;

  constructor(server: JupyterServer) {
    this.#server = server;
  }

  /** Starts a command as soon as there is a way. */
  spawn(argv: readonly string[]): Spawned {
    return lateSpawn(this.#opened(), () => this.#start(argv));
  }

  /** Ends all commands, and their kernel. */
  async close(): Promise<void> {
    const { device } = this.#server;
    const error = new DeviceError(`${device} is detached. Attach it again by %attach ${device} URL`, {
      device,
    });
    const ends = [...this.#running.values()].map((process) => process.spawned());
    for (const { kill } of ends) kill();
    await Promise.allSettled(ends.map(({ exit }) => exit));
    this.#failAll(error);
    this.#channel?.close();
    await this.#session?.close();
    this.#channel = undefined;
    this.#session = undefined;
  }

  #opened(): Promise<void> {
    if (this.#channel?.isOpen) return Promise.resolve();
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #open(): Promise<void> {
    this.#session ??= new KernelSession(this.#server, await this.#pythonName());
    this.#channel = await Channel.open(this.#session, {
      device: this.#server.device,
      target: processesTarget,
      program: pythonCell('_edgebook_processes', pythonProcesses),
      onMessage: (message, bytes) => this.#running.get(message.id!)?.receive(message, bytes),
      onLost: (error) => this.#failAll(error),
    });
    await prepareKernel(this.#session, 'python');
  }

  async #pythonName(): Promise<string> {
    const python = await pythonKernel(this.#server);
    if (python) return python;
    const { device } = this.#server;
    const kinds = (await this.#server.kinds()).map(({ name }) => name).join(', ');
    throw new DeviceError(
      `${device}: commands there are run by a Python kernel, and its Jupyter server has none, but ${kinds || 'no kernel at all'}. Install one there: pip install ipykernel`,
      { device, command: 'jupyter' },
    );
  }

  #start(argv: readonly string[]): Spawned {
    const id = ++this.#last;
    const process = new RemoteProcess(this.#channel!, id, { device: this.#server.device, argv });
    this.#running.set(id, process);
    const spawned = process.spawned();
    const over = () => void this.#running.delete(id);
    spawned.exit.then(over, over);
    return spawned;
  }

  #failAll(error: DeviceError): void {
    for (const process of this.#running.values()) process.fail(error);
  }
}

/** The name of a server's Python kernel, if it has one: the usual one first. */
export async function pythonKernel(server: JupyterServer): Promise<string | undefined> {
  const kinds = (await server.kinds()).filter(({ language }) => language === 'python');
  return (kinds.find(({ name }) => name === 'python3') ?? kinds[0])?.name;
}
