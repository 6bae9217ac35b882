import { resolve } from 'node:path';
import type { NotebookRecorder } from './notebook-recorder.ts';

export interface TerminalCommandsOptions {
  readonly recorder: NotebookRecorder;
  readonly cwd: string;
  /** Ends the session. */
  readonly leave: () => void;
}

const leaving = new Set(['exit', 'quit', '.exit', 'exit()', 'quit()']);

/** What a line asks of the terminal rather than of the session: to leave, or to save the session as a notebook. */
export function terminalCommand(code: string, options: TerminalCommandsOptions): Promise<string> | undefined {
  const { recorder, cwd, leave } = options;
  if (leaving.has(code)) {
    leave();
    return Promise.resolve('');
  }
  const [, quoted, plain] = /^%save\s+(?:"([^"\n]+\.ipynb)"|(\S+\.ipynb))$/.exec(code) ?? [];
  const file = quoted ?? plain;
  return file === undefined ? undefined : recorder.save(resolve(cwd, file));
}
