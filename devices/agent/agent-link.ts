import { DeviceError } from '../../src/errors.ts';
import type { Spawned } from '../device.ts';
import { type Frame, FrameReader, frameHead } from './frames.ts';
import { type FromAgent, pingInterval, silence, type ToAgent } from './protocol.ts';

/** Bytes that go at a time: each that leaves is a sign of life. */
const chunkSize = 1 << 18;
/** The exit code of what SIGKILL has ended, as shells count. */
const killed = 137;

/** The frames to and from an agent's process. A link that says nothing for too long counts as lost. */
export class AgentLink {
  readonly #device: string;
  readonly #spawned: Spawned;
  readonly #lost: Promise<never>;
  #fail: (error: DeviceError) => void = () => {};
  #sending: Promise<void> = Promise.resolve();
  #heard = Date.now();
  #said = '';
  readonly #pings: NodeJS.Timeout;
  alive = true;

  constructor(device: string, spawned: Spawned, onFrame: (frame: Frame<FromAgent>) => void) {
    this.#device = device;
    this.#spawned = spawned;
    this.#lost = new Promise((_, reject) => {
      this.#fail = (error) => {
        this.alive = false;
        clearInterval(this.#pings);
        reject(error);
      };
    });
    this.#lost.catch(() => {});
    this.#pings = setInterval(() => this.#ping(), pingInterval);
    this.#pings.unref();
    const reader = new FrameReader<FromAgent>(onFrame, { greeting: true });
    void this.#read(reader);
    void this.#readErrors();
  }

  /** Sends a message after those before it. Throws DeviceError when the link is lost. */
  send(message: ToAgent, body: Uint8Array = new Uint8Array()): Promise<void> {
    const sent = this.#sending.then(() => this.#write(message, body));
    this.#sending = sent.catch(() => {});
    return this.within(sent);
  }

  /** What a promise gives, unless the link is lost before, or `patience` ms are over. */
  async within<T>(promise: Promise<T>, patience?: number, what = 'It has not answered'): Promise<T> {
    if (patience === undefined) return Promise.race([promise, this.#lost]);
    const timer = setTimeout(() => this.fail(`${what} within ${patience / 1000} s`), patience);
    try {
      return await Promise.race([promise, this.#lost]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives the agent up. */
  fail(why: string): void {
    this.#fail(this.#error(why));
    this.#spawned.kill();
  }

  async close(): Promise<void> {
    this.#fail(this.#error('The device was detached'));
    this.#spawned.kill();
    await this.#spawned.exit.catch(() => {});
  }

  async #write(message: ToAgent, body: Uint8Array): Promise<void> {
    await this.#spawned.write(frameHead(message, body.length));
    for (let at = 0; at < body.length; at += chunkSize) {
      await this.#spawned.write(body.subarray(at, at + chunkSize));
      this.#heard = Date.now();
    }
  }

  #ping(): void {
    if (Date.now() - this.#heard > silence) this.fail(`It has said nothing for ${silence / 1000} s`);
    else void this.send({ type: 'ping' }).catch(() => {});
  }

  async #read(reader: FrameReader<FromAgent>): Promise<void> {
    try {
      for await (const chunk of this.#spawned.stdout) {
        this.#heard = Date.now();
        reader.push(chunk);
      }
      const code = await this.#spawned.exit;
      const last = this.#said.trim().split('\n').at(-1);
      const how = code === killed ? 'it was killed: was the memory full?' : last || `exit code ${code}`;
      this.#fail(this.#error(`The agent has ended (${how})`));
    } catch (error) {
      this.#fail(error instanceof DeviceError ? error : this.#error((error as Error).message));
    }
  }

  async #readErrors(): Promise<void> {
    try {
      for await (const chunk of this.#spawned.stderr)
        this.#said = (this.#said + Buffer.from(chunk).toString()).slice(-4096);
    } catch {
      // The other stream tells why it has ended.
    }
  }

  #error(why: string): DeviceError {
    const text = `${this.#device}: ${why}. Its variables are lost; the next cell begins anew there`;
    return new DeviceError(text, { device: this.#device, command: 'agent' });
  }
}
