import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { RemoteFailure, RemoteOutput } from '../../devices/agent/protocol.ts';
import type { ErrorOutput, Output } from '../output.ts';
import { Session } from '../session.ts';

const moduleUrl = (name: string): string =>
  new URL(`../../devices/agent/${name}${extname(import.meta.url)}`, import.meta.url).href;

/** What cells on a device have from the start. */
const prelude = `let edge = await import(${JSON.stringify(moduleUrl('edge'))})`;
const exchange = `(await import(${JSON.stringify(moduleUrl('exchange'))}))`;

/** The session on a device: cells, and values that come and go. */
export class AgentSession {
  readonly #session = new Session();
  #prepared = false;

  /** Runs a cell whose number is `count` where it was written. Never rejects. */
  async execute(
    code: string,
    count: number,
    onOutput: (output: RemoteOutput) => void,
  ): Promise<RemoteFailure | undefined> {
    const pass = (output: Output) => {
      const remote = remoteOutput(output);
      if (remote) onOutput(remote);
    };
    await this.#prepare(pass);
    const { error } = await this.#session.execute(code, { onOutput: pass, count });
    return this.#failure(error);
  }

  /** Declares `name` as the packed value. */
  async push(name: string, value: Uint8Array): Promise<RemoteFailure | undefined> {
    return this.#withFile(async (path) => {
      writeFileSync(path, value);
      return this.#silently(`let ${name} = await ${exchange}.receiveValue(${JSON.stringify(path)})`);
    });
  }

  /** The packed value of an expression. */
  async pull(expression: string): Promise<{ value?: Uint8Array; error?: RemoteFailure }> {
    return this.#withFile(async (path) => {
      const code = `await ${exchange}.sendValue(${JSON.stringify(path)}, (${expression}\n))`;
      const error = await this.#silently(code);
      return error ? { error } : { value: readFileSync(path) };
    });
  }

  interrupt(): void {
    this.#session.interrupt();
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async #silently(code: string): Promise<RemoteFailure | undefined> {
    await this.#prepare(() => {});
    const { error } = await this.#session.execute(code, { silent: true, onOutput: () => {} });
    return this.#failure(error);
  }

  async #prepare(onOutput: (output: Output) => void): Promise<void> {
    if (this.#prepared) return;
    this.#prepared = true;
    await this.#session.execute(prelude, { silent: true, onOutput });
  }

  #failure(error: ErrorOutput | undefined): RemoteFailure | undefined {
    if (!error) return undefined;
    const { ename, evalue, traceback } = error;
    // The process that comes next knows nothing.
    if (ename === 'RuntimeDied') this.#prepared = false;
    return { ename, evalue, traceback };
  }

  async #withFile<T>(use: (path: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(fastFolder(), 'edgebook-'));
    try {
      return await use(join(folder, 'value'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** In memory where the system has that: a card in a slot is slow, and wears. */
function fastFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

/** What travels; errors come at the cell's end, and comms have nobody to talk to. */
function remoteOutput(output: Output): RemoteOutput | undefined {
  if (output.type === 'stream') return output;
  if (output.type === 'update') return { type: 'update', data: output.data, displayId: output.displayId };
  if (output.type === 'result' || output.type === 'page') return { type: 'display', data: output.data };
  if (output.type !== 'display') return undefined;
  const { data, displayId } = output;
  return { type: 'display', data, ...(displayId !== undefined && { displayId }) };
}
