import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** What moves, colours and asks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences
const escapes = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007]*\u0007|_[^\u001b]*\u001b\\|[=>78])/g;

/** A program in a terminal of its own, by util-linux' `script`. */
export class Pty {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly start = performance.now();
  #text = '';
  #waiting: { readonly found: () => boolean; readonly resolve: (at: number) => void } | undefined;

  constructor(command: string, env: NodeJS.ProcessEnv = {}) {
    this.#process = spawn('script', ['-qfec', `stty cols 100 rows 30; exec ${command}`, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm-256color', ...env },
    });
    this.#process.stdout.on('data', (chunk: Buffer) => {
      const text = chunk.toString('utf8');
      // As a terminal without pictures answers: its position, its attributes.
      if (text.includes('\u001b[6n')) this.write('\u001b[1;1R');
      if (text.includes('\u001b[c')) this.write('\u001b[?62c');
      this.#text += text.replace(escapes, '');
      if (this.#waiting?.found()) this.#waiting.resolve(performance.now());
    });
  }

  write(keys: string): void {
    this.#process.stdin.write(keys);
  }

  /** All that has been shown, without escape sequences. */
  get text(): string {
    return this.#text;
  }

  /** Resolves to when something is shown that was not before the call, in ms; rejects after a minute. */
  async until(what: string | RegExp, from = this.#text.length): Promise<number> {
    const found = (): boolean => {
      const fresh = this.#text.slice(from);
      return typeof what === 'string' ? fresh.includes(what) : what.test(fresh);
    };
    if (found()) return performance.now();
    const shown = Promise.withResolvers<number>();
    const timer = setTimeout(
      () => shown.reject(new Error(`The terminal does not show ${what}, but ${this.#text.slice(from)}`)),
      60_000,
    );
    this.#waiting = { found, resolve: shown.resolve };
    const at = await shown.promise;
    clearTimeout(timer);
    return at;
  }

  end(): void {
    this.#process.kill('SIGKILL');
  }
}
