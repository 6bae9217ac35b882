import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Output } from '../../../kernel/output.ts';
import { Session } from '../../../kernel/session.ts';

export interface Cell {
  readonly stdout: string;
  readonly stderr: string;
  /** text/plain of what was displayed, in order. */
  readonly shown: readonly string[];
  /** Name, text and traceback of the error, without colours. */
  readonly error: string | undefined;
}

/** A notebook in a folder of its own. */
export class Notebook {
  readonly folder = mkdtempSync(join(tmpdir(), 'edgebook-notebook-'));
  /** Is in the command line of the agent's process, beside its program. */
  agentMark = process.execPath;
  readonly #session = new Session({ cwd: this.folder });
  #outputs: Output[] = [];

  /** What the cell that runs has shown up to now. */
  get soFar(): Cell {
    return cellOf(this.#outputs);
  }

  async run(code: string, signal?: AbortSignal): Promise<Cell> {
    const outputs: Output[] = [];
    this.#outputs = outputs;
    await this.#session.execute(code, {
      onOutput: (output) => outputs.push(output),
      ...(signal && { signal }),
    });
    return cellOf(outputs);
  }

  /** Runs a cell that must go well. */
  async good(code: string): Promise<Cell> {
    const cell = await this.run(code);
    if (cell.error !== undefined) throw new Error(`${code}\n${cell.error}`);
    return cell;
  }

  async close(): Promise<void> {
    await this.#session.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function cellOf(outputs: readonly Output[]): Cell {
  const stream = (wanted: string) =>
    outputs.flatMap((o) => (o.type === 'stream' && o.name === wanted ? [o.text] : [])).join('');
  const error = outputs.find((output) => output.type === 'error');
  return {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    shown: outputs.flatMap((o) =>
      o.type === 'display' || o.type === 'result' ? [String(o.data['text/plain'])] : [],
    ),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
    error: error?.traceback.join('\n').replaceAll(/\u001b\[\d+m/g, ''),
  };
}
