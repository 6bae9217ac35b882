import type { Transport } from '../device.ts';
import { AgentLink } from './agent-link.ts';
import type { AgentReady, RemoteFailure, RemoteOutput, ToAgent } from './protocol.ts';
import { RemoteError } from './remote-error.ts';

export interface CellOptions {
  /** The cell's number here, which errors show. */
  readonly count: number;
  onOutput(output: RemoteOutput): void;
  readonly signal?: AbortSignal;
}

interface Pending {
  readonly onOutput: (output: RemoteOutput) => void;
  readonly settle: (body: Uint8Array, failure: RemoteFailure | undefined) => void;
}

/** How long an agent may take to start, in ms: Node on a small board takes seconds. */
const startPatience = 30_000;
/** After an interrupt the cell must end within this, in ms: the agent's own ladder has ended by then. */
const interruptPatience = 14_000;

type Request = Extract<ToAgent, { readonly id: number }>;
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** An agent on a device: a session of its own whose variables stay until it ends. */
export class AgentClient {
  readonly device: string;
  readonly ready: AgentReady;
  readonly #link: AgentLink;
  readonly #pending: Map<number, Pending>;
  #last = 0;

  private constructor(device: string, ready: AgentReady, link: AgentLink, pending: Map<number, Pending>) {
    this.device = device;
    this.ready = ready;
    this.#link = link;
    this.#pending = pending;
  }

  /** Starts the agent's program. Throws DeviceError with what hindered it. */
  static async start(transport: Transport, argv: readonly string[]): Promise<AgentClient> {
    const pending = new Map<number, Pending>();
    let onReady: (ready: AgentReady) => void = () => {};
    const answered = new Promise<AgentReady>((resolve) => {
      onReady = resolve;
    });
    const link = new AgentLink(transport.name, transport.spawn(argv), ({ message, body }) => {
      if (message.type === 'ready') onReady(message);
      else if (message.type === 'output') pending.get(message.id)?.onOutput(message.output);
      else if (message.type === 'done') pending.get(message.id)?.settle(body, message.error);
    });
    const ready = await link.within(answered, startPatience, 'The agent has not started');
    return new AgentClient(transport.name, ready, link, pending);
  }

  /** Whether it still answers. */
  get alive(): boolean {
    return this.#link.alive;
  }

  /** Runs a cell in its session. Throws RemoteError with what the cell threw, the signal's reason, or DeviceError. */
  async execute(code: string, { count, onOutput, signal }: CellOptions): Promise<void> {
    await this.#request({ type: 'execute', code, count }, { onOutput, ...(signal && { signal }) });
  }

  /** Declares a variable there, of a packed value whose models are there. */
  async push(name: string, value: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#request({ type: 'push', name }, { body: value, ...(signal && { signal }) });
  }

  /** The packed value of an expression there. */
  pull(expression: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#request({ type: 'pull', expression }, signal ? { signal } : {});
  }

  /** Ends it, and all that runs in its session. */
  close(): Promise<void> {
    return this.#link.close();
  }

  async #request(
    request: WithoutId<Request>,
    options: {
      readonly body?: Uint8Array;
      readonly onOutput?: (output: RemoteOutput) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<Uint8Array> {
    const { body, onOutput = () => {}, signal } = options;
    signal?.throwIfAborted();
    const id = ++this.#last;
    const done = new Promise<Uint8Array>((resolve, reject) => {
      const settle: Pending['settle'] = (result, failure) =>
        failure ? reject(new RemoteError(this.device, failure)) : resolve(result);
      this.#pending.set(id, { onOutput, settle });
    });
    done.catch(() => {});
    const interrupt = this.#interrupter();
    signal?.addEventListener('abort', interrupt.start, { once: true });
    try {
      await this.#link.send({ ...request, id } as ToAgent, body);
      return await this.#link.within(done);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      interrupt.dispose();
      signal?.removeEventListener('abort', interrupt.start);
      this.#pending.delete(id);
    }
  }

  /** Interrupts the agent's cells, and gives the agent up if they go on. */
  #interrupter(): { start(): void; dispose(): void } {
    let timer: NodeJS.Timeout | undefined;
    return {
      start: () => {
        this.#link.send({ type: 'interrupt' }).catch(() => {});
        timer = setTimeout(() => {
          this.#link.fail('The interrupted cell has not stopped');
        }, interruptPatience);
      },
      dispose: () => clearTimeout(timer),
    };
  }
}
