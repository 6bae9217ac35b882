import { DeviceError } from '../../src/errors.ts';
import { ByteQueue } from '../byte-queue.ts';
import type { Spawned } from '../device.ts';
import { commandText } from '../shell-words.ts';
import type { Channel, ChannelMessage } from './channel.ts';

/** Bytes that travel at a time: a server takes no message of more than some megabytes. */
const chunkSize = 1 << 18;
/** So many bytes may be on their way, in bytes. */
const window = 4 << 20;
/** A command that was killed is over after this at the latest, in ms: a process may have kept its streams. */
const killPatience = 1500;

/** A command that a program in a kernel runs for us. */
export class RemoteProcess {
  readonly #channel: Channel;
  readonly #id: number;
  readonly #device: string;
  readonly #command: string;
  readonly #streams = { stdout: new ByteQueue(), stderr: new ByteQueue() };
  readonly #exit = Promise.withResolvers<number>();
  #ended = false;
  #onItsWay = 0;
  #moved = (): void => {};

  constructor(channel: Channel, id: number, { device, argv }: { device: string; argv: readonly string[] }) {
    this.#channel = channel;
    this.#id = id;
    this.#device = device;
    this.#command = commandText(argv);
    // Who does not ask how it ended need not be told.
    this.#exit.promise.catch(() => {});
    channel.send({ op: 'spawn', id, argv });
  }

  spawned(): Spawned {
    return {
      write: (bytes) => this.#write(bytes),
      end: () => this.#channel.send({ op: 'end', id: this.#id }),
      ...this.#streams,
      exit: this.#exit.promise,
      kill: () => this.#kill(),
    };
  }

  receive({ op, ...fields }: ChannelMessage, bytes: Uint8Array): void {
    if (op === 'out') {
      this.#streams[fields.stream as 'stdout' | 'stderr'].push(bytes);
      this.#channel.send({ op: 'ack', id: this.#id, bytes: bytes.length });
    } else if (op === 'taken') {
      this.#onItsWay -= Number(fields.bytes);
      this.#moved();
    } else if (op === 'exit') {
      this.#over(() => this.#exit.resolve(Number(fields.code)));
    } else if (op === 'failed') {
      this.fail(this.#error(`could not be started: ${fields.why}`));
    }
  }

  /** Ends it with an error: the way to it is lost. */
  fail(error: DeviceError): void {
    this.#over(() => this.#exit.reject(error));
  }

  #kill(): void {
    this.#channel.send({ op: 'kill', id: this.#id });
    setTimeout(() => this.#over(() => this.#exit.resolve(137)), killPatience).unref();
  }

  #over(settle: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    settle();
    this.#streams.stdout.end();
    this.#streams.stderr.end();
    this.#moved();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length || at === 0; at += chunkSize) {
      const chunk = bytes.subarray(at, at + chunkSize);
      while (this.#onItsWay > 0 && this.#onItsWay + chunk.length > window && !this.#ended)
        await new Promise<void>((resolve) => {
          this.#moved = resolve;
        });
      if (this.#ended) throw this.#error('takes no more input: it has ended, or the way to it is lost');
      this.#onItsWay += chunk.length;
      this.#channel.send({ op: 'in', id: this.#id }, chunk);
    }
  }

  #error(what: string): DeviceError {
    const text = `${this.#device}: '${this.#command}' ${what}`;
    return new DeviceError(text, { device: this.#device, command: this.#command });
  }
}
