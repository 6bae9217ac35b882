import { stripTypeScriptTypes } from 'node:module';
import { type Rewritten, rewrite } from './rewrite.ts';

export interface Compiled extends Rewritten {
  /** The line of the cell that a line and column of the scripts came from, all counted from 1. */
  readonly sourceLine: (line: number, column: number) => number;
}

/** A cell that cannot be compiled, with the place of the mistake, counted from 1. */
export class CellSyntaxError extends Error {
  override name = 'SyntaxError';
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/**
 * Compiles a cell's TypeScript to scripts for V8's REPL mode. Types are blanked by Node, which keeps every
 * position. What Node or acorn refuse (enums, parameter properties, decorators, mistakes) goes to the
 * TypeScript compiler, which is loaded then. Throws CellSyntaxError.
 */
export async function compile(code: string): Promise<Compiled> {
  try {
    return { ...rewrite(stripTypeScriptTypes(code, { mode: 'strip' })), sourceLine: (line) => line };
  } catch {
    const { transpile } = await import('./transpile.ts');
    const { js, sourceLine } = transpile(code);
    return { ...rewriteTranspiled(js, sourceLine), sourceLine };
  }
}

function rewriteTranspiled(js: string, sourceLine: Compiled['sourceLine']): Rewritten {
  try {
    return rewrite(js);
  } catch (error) {
    const { loc, message } = error as { loc?: { line: number; column: number }; message: string };
    if (!loc) throw error;
    throw new CellSyntaxError(message.replace(/ \(\d+:\d+\)$/, ''), sourceLine(loc.line, loc.column + 1));
  }
}
