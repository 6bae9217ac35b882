import { createHash } from 'node:crypto';
import { DeviceError, UsageError } from '../../src/errors.ts';
import { ByteQueue } from '../byte-queue.ts';
import type { ExecOptions, ExecResult, PutOptions, Spawned, Transport } from '../device.ts';
import { runSpawned } from '../run-spawned.ts';
import { commandText } from '../shell-words.ts';
import type { SerialAddress } from './address.ts';
import { SerialLine } from './serial-line.ts';

/** Bytes of a file that go in one line: boards have little memory for one. */
const chunkSize = 64;

/**
 * A microcontroller at a serial port. Its commands are lines, each with one reply: `exec(['INFO'])`. A reply that begins
 * with ERR is one that failed. `sh -s`, which is how cells reach shells, reads lines and sends each.
 */
export class SerialTransport implements Transport {
  readonly name: string;
  readonly line: SerialLine;

  constructor(name: string, address: SerialAddress) {
    this.name = name;
    this.line = new SerialLine(name, address);
  }

  exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return runSpawned(this.spawn(argv), { device: this.name, command: commandText(argv), ...options });
  }

  spawn(argv: readonly string[]): Spawned {
    const input = new ByteQueue();
    const [stdout, stderr] = [new ByteQueue(), new ByteQueue()];
    const stop = new AbortController();
    const work =
      argv[0] === 'sh'
        ? this.#each(input, { argv, stdout, signal: stop.signal })
        : this.#one(argv.join(' '), { stdout, signal: stop.signal });
    const exit = work.catch((error) => {
      if (stop.signal.aborted) return 137;
      throw error;
    });
    const over = () => {
      stdout.end();
      stderr.end();
    };
    exit.then(over, over);
    return {
      write: async (bytes) => input.push(bytes),
      end: () => input.end(),
      ...{ stdout, stderr, exit },
      kill: () => stop.abort(new Error('stopped')),
    };
  }

  /** Writes a small file where the firmware keeps files. Throws DeviceError. */
  async put(path: string, bytes: Uint8Array, { signal, onProgress }: PutOptions = {}): Promise<void> {
    const command = `put ${path}`;
    const fail = (why: string) => this.#fileError(command, `${path} was not written: ${why}`);
    const ask = async (line: string) => {
      const reply = await this.line.ask(line, signal);
      if (reply !== 'OK') throw fail(lackOf(reply));
    };
    this.#checkPath(path);
    await ask(`PUT ${path} ${bytes.length}`);
    for (let at = 0; at < bytes.length; at += chunkSize) {
      const part = bytes.subarray(at, at + chunkSize);
      await ask(`DATA ${at} ${Buffer.from(part).toString('hex')}`);
      onProgress?.(at + part.length, bytes.length);
    }
    // The board puts it in place only if this is what it has.
    await ask(`DONE ${sha256(bytes)}`);
  }

  /** Reads a small file. Throws DeviceError. */
  async get(path: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    this.#checkPath(path);
    const fail = (why: string) => this.#fileError(`get ${path}`, `${path} was not read: ${why}`);
    const head = await this.line.ask(`STAT ${path}`, signal);
    const [, size = '', sum = ''] = /^OK (\d+) ([0-9a-f]{64})$/.exec(head) ?? [];
    if (size === '') throw fail(lackOf(head));
    const parts: Uint8Array[] = [];
    for (let at = 0; at < Number(size); at += chunkSize) {
      const reply = await this.line.ask(`GET ${path} ${at} ${chunkSize}`, signal);
      const hex = /^OK ((?:[0-9a-f]{2})+)$/.exec(reply)?.[1];
      if (hex === undefined) throw fail(lackOf(reply));
      parts.push(Buffer.from(hex, 'hex'));
    }
    const bytes = Buffer.concat(parts);
    if (sha256(bytes) !== sum) throw fail('its sha256 is another: it changed meanwhile, try again');
    return bytes;
  }

  close(): Promise<void> {
    return this.line.close();
  }

  async #one(
    command: string,
    o: { readonly stdout: ByteQueue; readonly signal: AbortSignal },
  ): Promise<number> {
    if (/[\r\n]/.test(command)) throw new UsageError(`${this.name}: a command is one line, was '${command}'`);
    const reply = await this.line.ask(command, o.signal);
    o.stdout.push(Buffer.from(`${reply}\n`));
    return reply.startsWith('ERR') ? 1 : 0;
  }

  /** Sends each line that comes, one after another; the exit code is the last one's. */
  async #each(
    input: ByteQueue,
    o: { readonly argv: readonly string[]; readonly stdout: ByteQueue; readonly signal: AbortSignal },
  ): Promise<number> {
    if (o.argv.join(' ') !== 'sh -s')
      throw new DeviceError(
        `${this.name} has no shell: it is a microcontroller that answers lines, such as INFO`,
        {
          device: this.name,
          command: commandText(o.argv),
        },
      );
    let text = '';
    for await (const part of input) text += Buffer.from(part).toString();
    let code = 0;
    for (const line of text
      .split('\n')
      .map((word) => word.trim())
      .filter((word) => word !== '' && !word.startsWith('#')))
      code = await this.#one(line, o);
    return code;
  }

  #checkPath(path: string): void {
    if (!/^[\w./-]{1,64}$/.test(path))
      throw new UsageError(
        `${this.name}: a file on a board has a name of at most 64 letters, digits, . - _ and /, was '${path}'`,
      );
  }

  #fileError(command: string, what: string): DeviceError {
    return new DeviceError(`${this.name}: ${what}`, { device: this.name, command });
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const lackOf = (reply: string): string =>
  /^ERR cmd/.test(reply) ? 'its firmware keeps no files' : reply.replace(/^ERR /, '');
