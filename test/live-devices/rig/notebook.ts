import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

/** The class as it is in the built package, whose files need no work before they run. */
export async function builtSession(): Promise<typeof Session> {
  const path = fileURLToPath(new URL('../../../dist/kernel/session.js', import.meta.url));
  const { Session } = (await import(path)) as typeof import('../../../kernel/session.ts');
  return Session;
}

/** A notebook in a folder of its own. */
export class Notebook {
  readonly folder = mkdtempSync(join(tmpdir(), 'edgebook-notebook-'));
  readonly #session: Session;
  #outputs: Output[] = [];

  /** `Sessions`: the class, of the sources or of the built package. */
  constructor(Sessions: typeof Session = Session) {
    this.#session = new Sessions({ cwd: this.folder });
  }

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
