import { randomUUID } from 'node:crypto';
import type { Message } from './message.ts';
import { type ShellHost, ShellQueue } from './shell-queue.ts';

/** A request names a subshell that there is not. */
export class UnknownSubshellError extends Error {
  override name = 'UnknownSubshellError';

  constructor(id: unknown) {
    super(
      `There is no subshell ${JSON.stringify(id)}: create one, or leave 'subshell_id' out for the main shell`,
    );
  }
}

/** The main shell and the subshells (JEP 91). */
export class Shells {
  readonly #host: ShellHost;
  readonly #main: ShellQueue;
  readonly #sub = new Map<string, ShellQueue>();

  constructor(host: ShellHost) {
    this.#host = host;
    this.#main = new ShellQueue(host);
  }

  /** Ids of the subshells, oldest first. */
  list(): string[] {
    return [...this.#sub.keys()];
  }

  /** Returns the new subshell's id. */
  create(): string {
    const id = randomUUID();
    this.#sub.set(id, new ShellQueue(this.#host));
    return id;
  }

  /**
   * Takes no more requests for the subshell, answers those that wait with `aborted`, and resolves when the one that
   * runs has ended. Throws UnknownSubshellError.
   */
  async delete(id: unknown): Promise<void> {
    const shell = this.#sub.get(id as string);
    if (!shell) throw new UnknownSubshellError(id);
    this.#sub.delete(id as string);
    for (const message of shell.clear())
      if (isComm(message)) this.#main.enqueue(message);
      else this.#host.abort(message);
    await shell.idle;
  }

  /** Hands a request to its shell. Throws UnknownSubshellError. */
  enqueue(message: Message): void {
    this.#shellFor(message).enqueue(message);
  }

  /** The execute requests that wait in the shell of `request` are not to run. */
  abortQueued(request: Message): void {
    this.#all()
      .find(({ current }) => current === request)
      ?.abortQueued();
  }

  /** A request that is being answered and is not this one; of the main shell if there is one. */
  busyWith(other: Message): Message | undefined {
    return this.#all().find(({ current }) => current && current !== other)?.current;
  }

  /** Forgets all that wait. */
  clear(): void {
    for (const shell of this.#all()) shell.clear();
  }

  #all(): ShellQueue[] {
    return [this.#main, ...this.#sub.values()];
  }

  #shellFor(message: Message): ShellQueue {
    const { header, content } = message;
    const id = header.subshell_id ?? undefined;
    // A message to a comm whose opening still waits in another shell is to come after it.
    const opener = isComm(message) && this.#all().find((shell) => shell.awaits(content.comm_id));
    const shell = opener || (id === undefined ? this.#main : this.#sub.get(id));
    if (shell) return shell;
    // JupyterLab closes a comm, and on another channel deletes the subshell that it has sent this to.
    if (isComm(message)) return this.#main;
    throw new UnknownSubshellError(id);
  }
}

function isComm({ header }: Message): boolean {
  return header.msg_type.startsWith('comm_') && header.msg_type !== 'comm_info_request';
}
