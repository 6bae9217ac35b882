import type { CellResult } from '../../kernel/execute-options.ts';
import type { Output } from '../../kernel/output.ts';
import { Session, type SessionOptions } from '../../kernel/session.ts';
import { notebookFolder } from './notebook-folder.ts';

/** URL of the magics that tests of the kernel use. */
export const fakeMagics = new URL('./fake-magics.ts', import.meta.url).href;

/** The folder that cells in tests run in. */
export const folder = notebookFolder();

export interface CellRun extends CellResult {
  readonly outputs: readonly Output[];
}

/** A session whose cells' outputs are collected. */
export class TestSession {
  readonly session: Session;

  constructor(options: SessionOptions = {}) {
    this.session = new Session({
      cwd: folder,
      magicsUrl: fakeMagics,
      ...options,
    });
  }

  async run(code: string, options: { signal?: AbortSignal } = {}): Promise<CellRun> {
    const outputs: Output[] = [];
    const result = await this.session.execute(code, {
      ...options,
      onOutput: (output) => outputs.push(output),
    });
    return { ...result, outputs };
  }

  /** The text of the cell's value; the error's if it failed; undefined if it showed none. */
  async value(code: string): Promise<string | undefined> {
    const { outputs, error } = await this.run(code);
    if (error) return `${error.ename}: ${error.evalue}`;
    const result = outputs.find((output) => output.type === 'result');
    return result && String(result.data['text/plain']);
  }

  /** All that the cell printed. */
  async printed(code: string): Promise<string> {
    const { outputs } = await this.run(code);
    return outputs.map((output) => (output.type === 'stream' ? output.text : '')).join('');
  }
}

/** A traceback without colours. */
export function plain(traceback: readonly string[]): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  return traceback.join('\n').replace(/\u001b\[[\d;]*m/g, '');
}
