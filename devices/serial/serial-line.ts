import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceError } from '../../src/errors.ts';
import type { SerialAddress } from './address.ts';
import { frameLine, LineReader, readLine } from './line-protocol.ts';
import { type OpenPort, openPort } from './port.ts';

/** A board answers within this, in ms: it may compute before it does. */
const patience = 1500;
/** So often a request is sent before it is given up. */
const tries = 4;
/** A board that was opened may start anew, and speaks when it has: so long it is given, in ms. */
const bootPatience = 2500;

interface Awaited {
  /** Undefined: a board without numbers. */
  readonly number: number | undefined;
  readonly settle: (reply: string | 'damaged') => void;
}

/** A board at a serial port, asked one line at a time. A port that was lost is opened anew. */
export class SerialLine {
  readonly #device: string;
  readonly #address: SerialAddress;
  #port: Promise<OpenPort> | undefined;
  #reader = new LineReader();
  #isNumbered: boolean | undefined;
  #number = Math.floor(Math.random() * 1000);
  #awaited: Awaited | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  /** What was heard last that was no reply. */
  #heard = '';
  #closed = false;

  constructor(device: string, address: SerialAddress) {
    this.#device = device;
    this.#address = address;
  }

  /** Whether the board gives each reply a number and a CRC; undefined before it was asked. */
  get isChecked(): boolean | undefined {
    return this.#isNumbered;
  }

  /** The reply to a command. Throws DeviceError where none comes, and the signal's reason. */
  ask(command: string, signal?: AbortSignal): Promise<string> {
    const asked = this.#queue.then(() => this.#ask(command, signal));
    this.#queue = asked.catch(() => {});
    return asked;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const port = await this.#port?.catch(() => undefined);
    this.#port = undefined;
    await port?.close();
  }

  async #ask(command: string, signal: AbortSignal | undefined): Promise<string> {
    signal?.throwIfAborted();
    if (this.#closed) throw this.#error(`is detached. Attach it again by %attach ${this.#device} URL`);
    await this.#opened();
    this.#isNumbered ??= await this.#greeted(signal);
    const number = this.#isNumbered ? ++this.#number : undefined;
    // Without numbers nobody can tell whether a command that is sent again is done twice: only what changes nothing is.
    const isRepeatable = number !== undefined || /^(?:PING|INFO)$/.test(command);
    let damaged = 0;
    for (let i = 0; i < (isRepeatable ? tries : 1); i++) {
      const reply = await this.#once(command, { number, signal });
      if (reply !== undefined && reply !== 'damaged') return reply;
      if (reply === 'damaged') damaged += 1;
    }
    throw this.#silent(command, damaged);
  }

  /** Finds out how the board speaks. Throws DeviceError where it does not. */
  async #greeted(signal: AbortSignal | undefined): Promise<boolean> {
    const deadline = Date.now() + bootPatience + patience;
    for (let i = 0; Date.now() < deadline || i < 2; i++) {
      const number = ++this.#number;
      if ((await this.#once('PING', { number, signal, limit: 700 })) === 'PONG') return true;
      if ((await this.#once('PING', { number: undefined, signal, limit: 700 })) === 'PONG') return false;
    }
    throw this.#silent('PING', 0);
  }

  async #once(
    command: string,
    o: {
      readonly number: number | undefined;
      readonly signal?: AbortSignal | undefined;
      readonly limit?: number;
    },
  ): Promise<string | undefined> {
    const { number, signal, limit = patience } = o;
    const replied = new Promise<string>((settle) => {
      this.#awaited = { number, settle };
    });
    const stop = new AbortController();
    try {
      const port = await this.#opened();
      await port.write(`${number === undefined ? command : frameLine({ number, text: command })}\n`);
      const late = sleep(limit, undefined, { signal: stop.signal }).catch(() => undefined);
      return await Promise.race([replied, late, aborted(signal)]);
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof DeviceError) throw cause;
      await this.#dropped(cause as Error);
      return undefined;
    } finally {
      stop.abort();
      this.#awaited = undefined;
    }
  }

  #opened(): Promise<OpenPort> {
    this.#port ??= this.#openAgain().catch((error) => {
      this.#port = undefined;
      throw error;
    });
    return this.#port;
  }

  /** A board that is plugged in again has its port a little later. */
  async #openAgain(): Promise<OpenPort> {
    for (let wait = 200; ; wait *= 2) {
      try {
        this.#reader = new LineReader();
        return await openPort(this.#device, this.#address, {
          onData: (bytes) => this.#receive(bytes),
          onGone: (error) => void this.#dropped(error),
        });
      } catch (error) {
        if (wait > 1000 || /group|no serial port/.test((error as Error).message)) throw error;
        await sleep(wait);
      }
    }
  }

  async #dropped(_: Error): Promise<void> {
    const port = await this.#port?.catch(() => undefined);
    this.#port = undefined;
    // What comes back may be another board.
    this.#isNumbered = undefined;
    await port?.close();
  }

  #receive(bytes: Uint8Array): void {
    for (const line of this.#reader.push(bytes)) this.#line(line);
  }

  #line(line: string): void {
    const awaited = this.#awaited;
    const framed = readLine(line);
    const reply = awaited && replyOf(framed ?? line, awaited.number);
    if (reply !== undefined) awaited?.settle(reply);
    else if (framed === undefined && line !== '') this.#heard = line.slice(0, 80);
  }

  #silent(command: string, damaged: number): DeviceError {
    const { path, baud } = this.#address;
    const heard = this.#heard || this.#reader.rest.slice(0, 80);
    const isNoise = (heard.match(/[^\x20-\x7e]/g)?.length ?? 0) > heard.length / 4;
    if (damaged > 0)
      return this.#error(
        `sends damaged lines: ${damaged} of ${tries} replies to '${command}' were. Check cable and ground, or attach it with a lower baud than ${baud}`,
      );
    if (heard !== '' && isNoise)
      return this.#error(
        `sends what is no text at ${baud} baud: its speed is another. Attach it with the ?baud= of its firmware`,
      );
    const also = heard === '' ? '' : ` (it has said '${heard}')`;
    return this.#error(
      `does not answer '${command}' at ${path} with ${baud} baud${also}. Does its firmware speak the line protocol, is it running, and is its speed right?`,
    );
  }

  #error(what: string): DeviceError {
    return new DeviceError(`${this.#device} ${what}`, { device: this.#device, command: 'serial' });
  }
}

/** What a line is to a request of this number: its reply, none that can be read, or undefined: no reply to it. */
function replyOf(
  line: (ReturnType<typeof readLine> & {}) | string,
  number: number | undefined,
): string | 'damaged' | undefined {
  if (typeof line === 'object') {
    if (line.number === 0) return 'damaged';
    return line.number === number ? line.text : undefined;
  }
  // A board without numbers refuses a line that has one. What it says of itself as it starts is no reply.
  if (number !== undefined) return line === 'damaged' || line.startsWith('ERR') ? 'damaged' : undefined;
  return line === '' || /^BOOT\b/.test(line) ? undefined : line;
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
