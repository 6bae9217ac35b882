import { fromCodePoints, toCodePoints } from '../code-points.ts';
import type { Completeness } from '../engine/is-complete.ts';
import type { CellResult, ExecuteOptions } from '../execute-options.ts';
import type { History } from '../history.ts';
import { readConnectionFile } from '../jupyter/connection.ts';
import type { Content, Message } from '../jupyter/message.ts';
import type { ErrorOutput, PageOutput } from '../output.ts';
import type { Completion, CompletionMatch, Explanation } from '../types/types-protocol.ts';
import { Channels } from './channels.ts';
import { toOutput } from './to-output.ts';

/** The session of a kernel that runs already, whatever its language; other front ends may share it. */
export class RemoteSession {
  readonly #channels: Channels;
  readonly history: History;
  /** What the kernel is, as it says: `edgebook`, `ipython`. */
  readonly implementation: string;
  #count = 0;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(channels: Channels, kernel: Content, history: History) {
    this.#channels = channels;
    this.implementation = String(kernel.implementation);
    this.history = history;
  }

  /** Joins the kernel of a connection file. Throws UsageError if the file is none, or no kernel answers. */
  static async join(connectionFile: string, history: History): Promise<RemoteSession> {
    const { channels, kernel } = await Channels.connect(readConnectionFile(connectionFile));
    const session = new RemoteSession(channels, kernel, history);
    // A cell that does not count tells the number of those that did.
    const { content } = await channels.request('shell', 'execute_request', { code: '', silent: true });
    session.#count = Number(content.execution_count ?? 0);
    return session;
  }

  get executionCount(): number {
    return this.#count;
  }

  /** Runs a cell after those of this front end. */
  execute(code: string, options: ExecuteOptions): Promise<CellResult> {
    const result = this.#queue.then(() => this.#execute(code, options));
    this.#queue = result;
    return result;
  }

  interrupt(): void {
    void this.#channels.request('control', 'interrupt_request', {});
  }

  async warm(): Promise<void> {}

  async complete(code: string, position: number): Promise<Completion> {
    const content = await this.#ask('complete_request', { code, cursor_pos: toCodePoints(code, position) });
    const known = (content.metadata as Content)?._jupyter_types_experimental as
      | readonly CompletionMatch[]
      | undefined;
    const texts = (content.matches ?? []) as readonly string[];
    return {
      start: fromCodePoints(code, Number(content.cursor_start ?? position)),
      end: fromCodePoints(code, Number(content.cursor_end ?? position)),
      matches: known ?? texts.map((text) => ({ text, type: '' })),
    };
  }

  async inspect(code: string, position: number): Promise<Explanation | undefined> {
    const cursor_pos = toCodePoints(code, position);
    const { data, found } = await this.#ask('inspect_request', { code, cursor_pos, detail_level: 0 });
    const text = (data as Record<string, string> | undefined)?.['text/plain'];
    return found === true && text !== undefined ? { text, markdown: text } : undefined;
  }

  /** Jupyter's protocol has no signatures. */
  async signature(): Promise<undefined> {
    return undefined;
  }

  async completeness(code: string): Promise<Completeness | undefined> {
    const { status, indent } = await this.#ask('is_complete_request', { code });
    if (status === 'unknown') return undefined;
    return { status: status as Completeness['status'], indent: String(indent ?? '') };
  }

  /** Leaves; the kernel goes on. */
  async close(): Promise<void> {
    this.#channels.close();
    this.history.close();
  }

  async #ask(type: string, content: Content): Promise<Content> {
    return (await this.#channels.request('shell', type, content)).content;
  }

  async #execute(code: string, options: ExecuteOptions): Promise<CellResult> {
    const idle = Promise.withResolvers<void>();
    let error: ErrorOutput | undefined;
    let id = '';
    const listen = (message: Message): void => {
      id = String(message.parent_header.msg_id);
      const output = toOutput(message);
      if (output?.type === 'error') error = output;
      if (output) options.onOutput(output);
      if (message.header.msg_type === 'execute_input') this.#begin(message, code, options);
      if (message.header.msg_type === 'status' && message.content.execution_state === 'idle') idle.resolve();
    };
    this.#channels.onInput((request) => void this.#answer(request, options));
    const content = { code, silent: false, allow_stdin: options.onInput !== undefined };
    const reply = await this.#channels.request('shell', 'execute_request', content, listen);
    // All that the cell shows comes before it is told idle.
    await idle.promise;
    this.#channels.forget(id);
    for (const page of (reply.content.payload ?? []) as { source: string; data: PageOutput['data'] }[])
      if (page.source === 'page') options.onOutput({ type: 'page', data: page.data });
    this.#count = Number(reply.content.execution_count ?? this.#count);
    return { count: this.#count, error, expressions: {} };
  }

  #begin({ content }: Message, code: string, { onBegin }: ExecuteOptions): void {
    this.#count = Number(content.execution_count);
    // An Edgebook kernel keeps its cells in the same history itself.
    if (this.implementation !== 'edgebook') this.history.add(this.#count, code);
    onBegin?.(this.#count);
  }

  async #answer(request: Message, { onInput }: ExecuteOptions): Promise<void> {
    if (request.header.msg_type !== 'input_request' || !onInput) return;
    const { prompt, password } = request.content;
    const question = { question: 0, cell: 0, prompt: String(prompt), password: password === true };
    // An interrupted question has no answer.
    const value = await onInput(question).catch(() => undefined);
    if (value !== undefined) this.#channels.answer(request, value);
  }
}
