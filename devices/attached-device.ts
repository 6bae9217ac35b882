import { AgentClient } from './agent/agent-client.ts';
import type { InstallOptions } from './bootstrap/install.ts';
import { type Opened, openDevice } from './index.ts';
import type { AttachedRow } from './profiles/profiles-report.ts';

/** A machine under a name: the way to it, and the session there once a cell has run. */
export class AttachedDevice {
  readonly name: string;
  readonly url: string;
  readonly opened: Opened;
  #agent: Promise<AgentClient> | undefined;
  #last: AgentClient | undefined;

  /** Throws UsageError for a URL that no transport knows. */
  constructor(name: string, url: string) {
    this.name = name;
    this.url = url;
    this.opened = openDevice(name, url);
  }

  /** What a reader must know of any time that is taken there; undefined for a real machine. */
  get timesMean(): string | undefined {
    const { emulator } = this.opened;
    return (
      emulator && `${this.name} is emulated by ${emulator}: times taken there say nothing about a real board`
    );
  }

  /** The session there, started when there is none or it was lost, which `onNote` is told. Throws DeviceError. */
  async agent(options: InstallOptions = {}): Promise<AgentClient> {
    if (this.#last && !this.#last.alive) {
      options.onNote?.(`${this.name}: the session there was lost, a new one begins without its variables`);
      this.#last = undefined;
      this.#agent = undefined;
    }
    this.#agent ??= this.#start(options).catch((error) => {
      this.#agent = undefined;
      throw error;
    });
    return this.#agent;
  }

  async close(): Promise<void> {
    await this.#last?.close();
    await this.opened.transport.close();
  }

  row(): AttachedRow {
    const ready = this.#last?.ready;
    const { emulator } = this.opened;
    const way = emulator ? `${this.url}, emulated by ${emulator}` : this.url;
    const title = ready
      ? `${ready.processor}, ${ready.threads} threads, ${ready.platform} ${ready.arch}, Node ${ready.node}, ${way}`
      : way;
    const runtimes = ready ? ['onnxruntime'] : [];
    return { name: this.name, title, memoryBytes: ready?.memoryBytes, runtimes };
  }

  async #start(options: InstallOptions): Promise<AgentClient> {
    const command = await this.opened.agent(options);
    this.#last = await AgentClient.start(this.opened.transport, command);
    return this.#last;
  }
}
