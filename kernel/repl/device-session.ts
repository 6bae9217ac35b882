import type { AgentClient } from '../../devices/agent/agent-client.ts';
import { RemoteError } from '../../devices/agent/remote-error.ts';
import { AttachedDevice } from '../../devices/attached-device.ts';
import type { InstallOptions } from '../../devices/bootstrap/install.ts';
import { tracebackSymbol } from '../../src/errors.ts';
import type { CellResult, ExecuteOptions } from '../execute-options.ts';
import type { History } from '../history.ts';
import type { ErrorOutput } from '../output.ts';
import type { SessionTypes } from '../types/session-types.ts';
import type { ReplSession } from './repl-session.ts';

export interface DeviceSessionOptions extends InstallOptions {
  readonly history: History;
  /** What is known here of the cells' types. */
  readonly types: SessionTypes;
  /** Asks whether an unknown host key is the device's. */
  readonly confirm: (question: string) => boolean;
}

/** A session whose cells run on a device; completion and the like are answered here. */
export class DeviceSession implements ReplSession {
  executionCount = 0;
  readonly history: History;
  readonly #device: AttachedDevice;
  readonly #agent: AgentClient;
  readonly #types: SessionTypes;
  #queue: Promise<unknown> = Promise.resolve();
  #running: AbortController | undefined;

  private constructor(device: AttachedDevice, agent: AgentClient, { history, types }: DeviceSessionOptions) {
    this.#device = device;
    this.#agent = agent;
    this.#types = types;
    this.history = history;
  }

  /** Connects to `HOST`, `user@host` or a device's URL, and brings there what it lacks. Throws UsageError and DeviceError. */
  static async connect(host: string, options: DeviceSessionOptions): Promise<DeviceSession> {
    const device = new AttachedDevice(host, host.includes(':') ? host : `ssh://${host}`);
    try {
      await device.opened.meet({ trust: undefined, confirm: options.confirm });
      return new DeviceSession(device, await device.agent(options), options);
    } catch (error) {
      await device.close().catch(() => undefined);
      throw error;
    }
  }

  execute(code: string, options: ExecuteOptions): Promise<CellResult> {
    const result = this.#queue.then(() => this.#execute(code, options));
    this.#queue = result;
    return result;
  }

  interrupt(): void {
    this.#running?.abort();
  }

  warm(): Promise<void> {
    return this.#types.warm();
  }

  complete(code: string, position: number) {
    return this.#types.complete(code, position);
  }

  inspect(code: string, position: number) {
    return this.#types.inspect(code, position, false);
  }

  signature(code: string, position: number) {
    return this.#types.signature(code, position);
  }

  completeness(code: string) {
    return this.#types.completeness(code);
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#device.close(), this.#types.close()]);
    this.history.close();
  }

  async #execute(code: string, { onBegin, onOutput, signal }: ExecuteOptions): Promise<CellResult> {
    const count = ++this.executionCount;
    const running = new AbortController();
    this.#running = running;
    onBegin?.(count);
    this.history.add(count, code);
    this.#types.check({ code, count }, undefined);
    let error: ErrorOutput | undefined;
    try {
      const all = signal ? AbortSignal.any([signal, running.signal]) : running.signal;
      await this.#agent.execute(code, {
        ...{ count, signal: all },
        onOutput: (output) => onOutput(output.type === 'stream' ? output : { ...output, metadata: {} }),
      });
    } catch (cause) {
      error = errorOf(cause as Error, running.signal.aborted);
      onOutput(error);
    }
    this.#running = undefined;
    return { count, error, expressions: {} };
  }
}

function errorOf(error: Error, isInterrupted: boolean): ErrorOutput {
  if (isInterrupted) {
    const evalue = 'The cell was interrupted. Variables are kept.';
    return { type: 'error', ename: 'Interrupted', evalue, traceback: [`Interrupted: ${evalue}`] };
  }
  const traceback =
    error instanceof RemoteError ? error[tracebackSymbol] : [`${error.name}: ${error.message}`];
  return { type: 'error', ename: error.name, evalue: error.message, traceback };
}
