import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../dist/kernel/cli.js', import.meta.url));

/** Why the suite cannot run here; undefined if it can. */
export const missing: string | undefined =
  spawnSync('tmux', ['-V']).status === 0 ? undefined : 'there is no tmux: install it from the system';

export interface TmuxOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** The terminal session in a real terminal. */
export class Tmux {
  readonly #server = `edgebook-test-${process.pid}-${Math.random().toString(36).slice(2)}`;
  readonly cwd: string;

  constructor({ columns = 90, rows = 30, args = [], env = {}, cwd }: TmuxOptions = {}) {
    this.cwd = cwd ?? realpathSync(mkdtempSync(join(tmpdir(), 'edgebook-test-')));
    const variables = { EDGEBOOK_HISTORY: join(this.cwd, 'history.sqlite'), LANG: 'C.UTF-8', ...env };
    const command = [
      ...['env', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)],
      ...[process.execPath, cli, 'repl', ...args],
    ];
    const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      String(columns),
      '-y',
      String(rows),
      '-c',
      this.cwd,
      'sh',
      '-c',
      `${quoted}; echo "exit $?"; sleep 60`,
    );
  }

  /** Keys by tmux's names (`Enter`, `C-c`, `M-Enter`); all else is typed. */
  keys(...keys: string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  /** Pastes as a terminal does, between brackets. */
  paste(text: string): void {
    execFileSync('tmux', ['-L', this.#server, 'load-buffer', '-'], { input: text });
    this.#tmux('paste-buffer', '-p');
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** What the screen shows; with `history` also what has scrolled out of it. */
  screen({ history = false, colors = false } = {}): string {
    const text = this.#tmux(
      'capture-pane',
      '-p',
      ...(colors ? ['-e'] : []),
      ...(history ? ['-S', '-5000'] : []),
    );
    return text.replace(/[ \t]+$/gm, '').trimEnd();
  }

  /** Waits until the screen fits; throws with the screen if it does not within some seconds. */
  async until(pattern: RegExp | string, seconds = 30): Promise<string> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const screen = this.screen({ history: true });
      if (typeof pattern === 'string' ? screen.includes(pattern) : pattern.test(screen)) return screen;
      if (performance.now() > deadline) throw new Error(`The screen does not show ${pattern}:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Waits until the session has loaded: a prompt is there before. */
  async ready(): Promise<void> {
    const isSearching = (): boolean => this.screen().includes('(search)');
    for (let tries = 0; tries < 50 && !isSearching(); tries++) {
      this.keys('C-r');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    this.keys('Escape');
    await this.until(/In \[1\]:\s*$/);
  }

  close(): void {
    spawnSync('tmux', ['-L', this.#server, 'kill-server']);
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#server, ...args], { encoding: 'utf8' });
  }
}
