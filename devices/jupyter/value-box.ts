import type { DeviceError } from '../../src/errors.ts';
import { Channel, type ChannelMessage } from './channel.ts';
import type { KernelSession } from './kernel-session.ts';

/** The name by which a kernel knows the channel for values. */
export const valuesTarget = 'edgebook-values';

/** Bytes that travel at a time. */
const chunkSize = 1 << 20;
/** So many bytes may be on their way, in bytes. */
const window = 4 << 20;

interface Transfer {
  readonly parts: Uint8Array[];
  readonly sent: PromiseWithResolvers<Uint8Array>;
  onItsWay: number;
  moved: () => void;
}

/**
 * Carries bytes between this notebook and a kernel's own process, beside its cells, under numbers by which cells there
 * take them and give them.
 */
export class ValueBox {
  readonly #session: KernelSession;
  readonly #device: string;
  readonly #program: string;
  readonly #transfers = new Map<number, Transfer>();
  #channel: Channel | undefined;
  #last = 0;

  constructor(
    session: KernelSession,
    { device, program }: { readonly device: string; readonly program: string },
  ) {
    this.#session = session;
    this.#device = device;
    this.#program = program;
  }

  /** A number under which nothing is there yet. Throws DeviceError where there is no way. */
  async number(): Promise<number> {
    if (!this.#channel?.isOpen)
      this.#channel = await Channel.open(this.#session, {
        device: this.#device,
        target: valuesTarget,
        program: this.#program,
        onMessage: (message, bytes) => this.#receive(message, bytes),
        onLost: (error) => this.#fail(error),
      });
    return ++this.#last;
  }

  /** Puts bytes there. Throws DeviceError, and the signal's reason. */
  async put(id: number, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const transfer = this.#begin(id);
    for (let at = 0; at < bytes.length; at += chunkSize) {
      signal?.throwIfAborted();
      const part = bytes.subarray(at, at + chunkSize);
      transfer.onItsWay += part.length;
      this.#channel!.send({ op: 'part', id }, part);
      await this.#room(transfer, window);
    }
    await this.#room(transfer, 0);
    this.#transfers.delete(id);
  }

  /** Takes bytes from there. Throws DeviceError, and the signal's reason. */
  async take(id: number, signal?: AbortSignal): Promise<Uint8Array> {
    const transfer = this.#begin(id);
    const onAbort = () => transfer.sent.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#channel!.send({ op: 'fetch', id });
    try {
      return await transfer.sent.promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#transfers.delete(id);
    }
  }

  #begin(id: number): Transfer {
    const sent = Promise.withResolvers<Uint8Array>();
    sent.promise.catch(() => {});
    const transfer: Transfer = { parts: [], sent, onItsWay: 0, moved: () => {} };
    this.#transfers.set(id, transfer);
    return transfer;
  }

  /** Waits until no more than so many bytes are on their way. */
  async #room(transfer: Transfer, limit: number): Promise<void> {
    while (transfer.onItsWay > limit) {
      const moved = new Promise<void>((resolve) => {
        transfer.moved = resolve;
      });
      await Promise.race([moved, transfer.sent.promise]);
    }
  }

  #receive({ op, id, ...fields }: ChannelMessage, bytes: Uint8Array): void {
    const transfer = this.#transfers.get(id!);
    if (op === 'part') {
      transfer?.parts.push(bytes);
      this.#channel!.send({ op: 'ack', id: id!, bytes: bytes.length });
    } else if (op === 'sent') {
      transfer?.sent.resolve(Buffer.concat(transfer.parts));
    } else if (op === 'taken' && transfer) {
      transfer.onItsWay -= Number(fields.bytes);
      transfer.moved();
    }
  }

  #fail(error: DeviceError): void {
    for (const { sent } of this.#transfers.values()) sent.reject(error);
  }
}
