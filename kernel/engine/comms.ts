import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import type { CommMessage } from '../comm.ts';
import { guarded, Terminated, Thrown } from './evaluate.ts';
import { withOrigin } from './origin.ts';
import { report, show } from './report.ts';
import { errorOutput } from './traceback.ts';

/** What arrives through a comm. */
export interface CommEvent {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

export interface CommSendOptions {
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Bytes that go beside the JSON, unchanged. */
  readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
}

interface CommEvents {
  message: [event: CommEvent];
  close: [event: CommEvent];
}

type Data = Readonly<Record<string, unknown>>;

const open = new Map<string, Comm>();
const targets = new Map<string, CommHandler>();

/** Called when a front end opens a comm to a registered target. */
export type CommHandler = (comm: Comm, event: CommEvent) => unknown;

/** One end of a channel to a view in the front end. Events: `message`, `close`. */
export class Comm extends EventEmitter<CommEvents> {
  readonly id: string;
  readonly target: string;

  constructor(id: string, target: string) {
    super();
    this.id = id;
    this.target = target;
    open.set(id, this);
  }

  /** False after either side has closed it. */
  get isOpen(): boolean {
    return open.get(this.id) === this;
  }

  /** Sends `data`, a plain JSON object. A closed comm sends nothing. */
  send(data: Data, options: CommSendOptions = {}): void {
    if (this.isOpen) post({ kind: 'message', id: this.id, data, ...extras(options) });
  }

  close(data: Data = {}, options: CommSendOptions = {}): void {
    if (!this.isOpen) return;
    open.delete(this.id);
    post({ kind: 'close', id: this.id, data, ...extras(options) });
  }
}

/** Channels between cells and the front end's views, for cells as `comms`. */
export const comms = {
  /** Has `handler` answer the comms that a front end opens to `target`; the last one registered counts. */
  register(target: string, handler: CommHandler): void {
    if (typeof target !== 'string' || typeof handler !== 'function')
      throw new TypeError(
        `comms.register takes a name and a function, was: ${inspect(target)}, ${inspect(handler)}`,
      );
    targets.set(target, handler);
  },

  /** Comms to `target` are refused from now on; the open ones stay open. */
  unregister(target: string): void {
    targets.delete(target);
  },

  /** Opens a comm to what the front end has registered as `target`; one that has nothing answers with `close`. */
  open(target: string, data: Data = {}, options: CommSendOptions = {}): Comm {
    const comm = new Comm(randomUUID(), target);
    post({ kind: 'open', id: comm.id, target, data, ...extras(options) });
    return comm;
  },
};

/** Hands a front end's message to whom it is for, and tells the kernel when that is done. */
export function receiveComm(id: number, message: CommMessage): void {
  withOrigin({ id }, () => {
    try {
      guarded(() => dispatch(message));
    } catch (error) {
      if (error instanceof Terminated) console.error('The comm handler was interrupted');
      else showError(error instanceof Thrown ? error.value : error);
    }
  });
  report({ type: 'handled', origin: id });
}

function dispatch({ kind, id, target = '', data, metadata, buffers }: CommMessage): void {
  const event: CommEvent = { data, metadata, buffers };
  if (kind === 'open') accept(new Comm(id, target), event);
  const comm = open.get(id);
  if (kind === 'message') comm?.emit('message', event);
  if (kind !== 'close') return;
  open.delete(id);
  comm?.emit('close', event);
}

function accept(comm: Comm, event: CommEvent): void {
  const handler = targets.get(comm.target);
  if (!handler) {
    comm.close();
    return;
  }
  const result = handler(comm, event);
  if (result instanceof Promise) result.catch(showError);
}

function showError(error: unknown): void {
  console.error(errorOutput(error).traceback.join('\n'));
}

const post = (message: CommMessage): void => show({ type: 'comm', message });

function extras({ metadata = {}, buffers = [] }: CommSendOptions): Pick<CommMessage, 'metadata' | 'buffers'> {
  return { metadata, buffers: buffers.map(bytesOf) };
}

/** The bytes of any buffer or typed array, without a copy. */
export function bytesOf(buffer: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (!ArrayBuffer.isView(buffer)) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
