import { type Rewritten, rewrite } from './rewrite.ts';
import { stripTypes } from './strip-types.ts';
import { declaredNames } from './variables.ts';

type SourceLine = (line: number, column: number) => number;

export interface Compiled extends Rewritten {
  /** The line of the cell that a line and column of the scripts came from, all counted from 1. */
  readonly sourceLine: SourceLine;
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
 * position. What Node or acorn refuse (enums, parameter properties, decorators, JSX, mistakes) goes to the
 * TypeScript compiler, which is loaded then. Throws CellSyntaxError.
 */
export async function compile(code: string): Promise<Compiled> {
  try {
    return objectLiteral(code) ?? stripped(code);
  } catch {
    const { transpile } = await import('./transpile.ts');
    const { js, sourceLine } = transpile(code);
    const { scripts, declares } = rewriteTranspiled(js, sourceLine);
    return { scripts, declares: declares.filter((name) => code.includes(name)), sourceLine };
  }
}

/** Compiles a module's TypeScript to an ES module. Throws CellSyntaxError. */
export async function compileModule(code: string): Promise<{ js: string; sourceLine: SourceLine }> {
  try {
    return { js: stripTypes(code), sourceLine: (line) => line };
  } catch {
    const { transpile } = await import('./transpile.ts');
    return transpile(code);
  }
}

function stripped(code: string): Compiled {
  return { ...rewrite(stripTypes(code), declaredNames()), sourceLine: (line) => line };
}

/** `{a: 1}` is an object and not a block, as in other REPLs, where it can be one. */
function objectLiteral(code: string): Compiled | undefined {
  if (!/^\s*\{/.test(code) || /;\s*$/.test(code)) return undefined;
  try {
    return stripped(`(${code}\n)`);
  } catch {
    return undefined;
  }
}

function rewriteTranspiled(js: string, sourceLine: SourceLine): Rewritten {
  try {
    return rewrite(js, declaredNames());
  } catch (error) {
    const { loc, message } = error as { loc?: { line: number; column: number }; message: string };
    if (!loc) throw error;
    throw new CellSyntaxError(message.replace(/ \(\d+:\d+\)$/, ''), sourceLine(loc.line, loc.column + 1));
  }
}
