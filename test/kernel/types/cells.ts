import type { Completion, Explanation } from '../../../kernel/types/types-protocol.ts';
import { TypesServer } from '../../../kernel/types/types-server.ts';
import { magics } from '../../../magics/index.ts';
import type { TypesMode } from '../../../magics/magic.ts';
import { notebookFolder } from '../notebook-folder.ts';

/** The folder that cells in these tests are in. */
export const folder = notebookFolder();

/** Cells of one session, for the type checker alone. `|` marks the cursor. */
export class TypedCells {
  readonly server = new TypesServer({ cwd: folder, magics });

  /** The mistakes of a cell as `line:column message`; its names are known to the next. */
  async run(code: string, mode: TypesMode = 'warn'): Promise<string[]> {
    const mistakes = await this.server.cell({ code, mode });
    return mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }

  complete(marked: string): Completion {
    return this.server.complete(cursorIn(marked));
  }

  /** The texts of the matches. */
  matches(marked: string): string[] {
    return this.complete(marked).matches.map(({ text }) => text);
  }

  inspect(marked: string, { detail = false } = {}): Explanation | undefined {
    return this.server.inspect({ ...cursorIn(marked), detail });
  }
}

function cursorIn(marked: string): { code: string; position: number } {
  return { code: marked.replace('|', ''), position: marked.indexOf('|') };
}
