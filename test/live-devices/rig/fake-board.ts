import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frameLine, LineReader, readLine } from '../../../devices/serial/line-protocol.ts';
import { file } from '../../support/requirement.ts';
import { until } from './sshd.ts';

/** util-linux' terminal recorder: it makes a pty, and gives its other end as streams. */
export const scriptProgram = file('/usr/bin/script', 'install bsdutils');

export interface BoardOptions {
  /** false: a first firmware, without numbers and checksums. */
  readonly numbered?: boolean;
}

/** A microcontroller at the other end of a pty, whose line can be made bad. */
export class FakeBoard {
  readonly #folder = mkdtempSync(join(tmpdir(), 'edgebook-board-'));
  readonly #numbered: boolean;
  readonly #files = new Map<string, Buffer>();
  #reader = new LineReader();
  #process!: ChildProcessWithoutNullStreams;
  #last = { number: -1, reply: '' };
  #open: { name: string; bytes: Buffer } | undefined;
  /** How often COUNT was done. */
  counted = 0;
  /** It says nothing. */
  silent = false;
  /** What becomes of the bytes in both directions; as they are without. */
  line: (bytes: Buffer) => Buffer = (bytes) => bytes;

  constructor({ numbered = true }: BoardOptions = {}) {
    this.#numbered = numbered;
  }

  get path(): string {
    return join(this.#folder, 'ttyMCU');
  }

  /** Puts the plug in: the port is there. */
  async plugIn(): Promise<void> {
    const name = join(this.#folder, 'name');
    rmSync(name, { force: true });
    rmSync(this.path, { force: true });
    const command = `stty raw -echo; tty > '${name}.part'; mv '${name}.part' '${name}'; exec sleep 3600`;
    this.#process = spawn('script', ['-qfec', command, '/dev/null']);
    this.#process.stdin.on('error', () => {});
    this.#reader = new LineReader();
    this.#process.stdout.on('data', (bytes: Buffer) => this.#receive(bytes));
    await until(() => existsSync(name));
    symlinkSync(readFileSync(name, 'utf8').trim(), this.path);
  }

  /** Pulls the plug. */
  async unplug(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
    rmSync(this.path, { force: true });
  }

  say(bytes: string | Buffer): void {
    this.#process.stdin.write(bytes);
  }

  close(): void {
    this.#process?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #receive(bytes: Buffer): void {
    for (const text of this.#reader.push(this.line(bytes))) {
      const reply = this.#numbered ? this.#framedReply(text) : this.#reply(text);
      if (!this.silent) this.say(this.line(Buffer.from(`${reply}\n`)));
    }
  }

  #framedReply(text: string): string {
    const request = readLine(text);
    if (typeof request !== 'object') return frameLine({ number: 0, text: 'DAMAGED' });
    const { number } = request;
    if (number !== this.#last.number) this.#last = { number, reply: this.#reply(request.text) };
    return frameLine({ number, text: this.#last.reply });
  }

  #reply(text: string): string {
    const [command = '', ...words] = text.split(' ');
    if (command === 'PING') return 'PONG';
    if (command === 'INFO') return 'INFO board=fake hz=1000000';
    if (command === 'ECHO') return words.join(' ');
    if (command === 'COUNT') {
      this.counted += 1;
      return `OK ${this.counted}`;
    }
    return this.#numbered ? this.#fileReply(command, words) : 'ERR cmd';
  }

  #fileReply(command: string, [name = '', size = '', length = '']: readonly string[]): string {
    if (command === 'PUT') {
      if (Number(size) > 4096) return 'ERR the flash has 4096 bytes';
      this.#open = { name, bytes: Buffer.alloc(Number(size)) };
      return 'OK';
    }
    if (command === 'DATA' && this.#open) {
      this.#open.bytes.write(size, Number(name), 'hex');
      return 'OK';
    }
    if (command === 'DONE' && this.#open) {
      if (sha256(this.#open.bytes) !== name) return 'ERR the sha256 is another';
      this.#files.set(this.#open.name, this.#open.bytes);
      return 'OK';
    }
    const stored = this.#files.get(name);
    if (command !== 'STAT' && command !== 'GET') return 'ERR cmd';
    if (!stored) return 'ERR No such file';
    if (command === 'STAT') return `OK ${stored.length} ${sha256(stored)}`;
    return `OK ${stored.toString('hex', Number(size), Number(size) + Number(length))}`;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
