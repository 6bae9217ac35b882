import type { Session } from '../session.ts';
import type { Question } from './input-requests.ts';
import type { Content, Message, NewMessage } from './message.ts';
import type { Shells } from './shells.ts';

export type PublishExtras = Pick<NewMessage, 'metadata' | 'buffers'>;

/** What a handler may use of the kernel. */
export interface KernelHost {
  readonly session: Session;
  /** Broadcasts on iopub, as an answer to `request`. */
  publish(request: Message, type: string, content: Content, extras?: PublishExtras): void;
  /** Asks the user at the client that sent `request`; rejects if the answer will not come. */
  ask(request: Message, question: Question): Promise<string>;
  readonly shells: Pick<Shells, 'create' | 'delete' | 'list'>;
  /** Answers the execute requests that wait in the shell of `request` with `aborted`, as they come after one that failed. */
  abortQueued(request: Message): void;
  /** Ends the kernel once the reply is sent. */
  shutDown(): void;
}

/** Answers one kind of request. */
export interface Handler {
  /** `execute_request`. */
  readonly request: string;
  /** `execute_reply`; undefined if the protocol knows none. */
  readonly reply: string | undefined;
  /** Only for the control channel. */
  readonly control?: boolean;
  /** Answered at once, also while a cell runs. */
  readonly duringCells?: boolean;
  /** The reply's content. What it throws becomes an error reply. */
  handle(request: Message, host: KernelHost): Content | Promise<Content>;
}
