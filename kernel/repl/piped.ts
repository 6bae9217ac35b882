import { text } from 'node:stream/consumers';
import { TerminalPrinter } from '../terminal-printer.ts';
import type { ReplSession } from './repl-session.ts';

/** Nothing is drawn over. */
const log = { inPlace: false };

/** Begins a cell of a script, as in VS Code. */
const separator = /^[ \t]*\/\/[ \t]*%%.*$/m;

/**
 * Runs a script from a pipe: one cell, or those between lines `// %%`. Values and what is printed go to stdout, without
 * prompts or colours; errors to stderr. Stops at the first cell that fails; resolves to the exit code.
 */
export async function runPiped(session: ReplSession, input: NodeJS.ReadableStream): Promise<number> {
  const script = await text(input);
  const printers = {
    out: new TerminalPrinter(process.stdout, log),
    err: new TerminalPrinter(process.stderr, log),
  };
  const signal = new AbortController();
  process.once('SIGINT', () => signal.abort());
  for (const code of script.split(separator).filter((part) => part.trim() !== '')) {
    const { error } = await session.execute(code, {
      signal: signal.signal,
      onOutput: (output) => {
        const isError = output.type === 'error' || (output.type === 'stream' && output.name === 'stderr');
        printers[isError ? 'err' : 'out'].print(output);
      },
    });
    printers.out.settle();
    printers.err.settle();
    if (signal.signal.aborted) return 130;
    if (error) return 1;
  }
  return 0;
}
