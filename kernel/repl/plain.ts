import { createInterface, type Interface } from 'node:readline/promises';
import { TerminalPrinter } from '../terminal-printer.ts';
import type { CellRecorder } from './cell-runner.ts';
import { plainlyComplete } from './plainly-complete.ts';
import type { ReplSession } from './repl-session.ts';

export interface PlainOptions {
  readonly session: ReplSession;
  readonly recorder: CellRecorder;
  /** Cells to run before the user's. */
  readonly first: readonly string[];
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WriteStream;
  /** What a line asks of the terminal and not of the session. */
  readonly command: (code: string) => Promise<string> | undefined;
  /** Ends the session from elsewhere. */
  readonly signal: AbortSignal;
}

/**
 * The session line by line: nothing is drawn over or coloured, so that screen readers and dumb terminals can follow. Resolves
 * when the input ends.
 */
export async function runPlain(options: PlainOptions): Promise<number> {
  const { session, input, output, signal } = options;
  const printer = new TerminalPrinter(output, { inPlace: false });
  const lines = createInterface({
    ...{ input, output, completer: (line: string) => completions(session, line) },
    terminal: output.isTTY && process.env.TERM !== 'dumb',
  });
  const interrupt = (): void => session.interrupt();
  lines.on('SIGINT', interrupt);
  process.on('SIGINT', interrupt);
  signal.addEventListener('abort', () => lines.close());
  // A question is not told that the input has ended.
  const closed = new AbortController();
  lines.on('close', () => closed.abort());
  try {
    for (const code of options.first) {
      printer.line(`In [${session.executionCount + 1}]: ${code}`);
      await runCell(code, printer, { ...options, lines });
    }
    for (;;) {
      const code = await readCell(lines, session, closed.signal);
      if (code === undefined) return 0;
      await runCell(code, printer, { ...options, lines });
    }
  } finally {
    process.off('SIGINT', interrupt);
    lines.close();
  }
}

async function runCell(
  code: string,
  printer: TerminalPrinter,
  { session, recorder, command, lines }: PlainOptions & { readonly lines: Interface },
): Promise<void> {
  const told = command(code.trim());
  if (told) printer.line(await told.catch((error: Error) => error.message));
  else
    await session.execute(code, {
      onBegin: (count) => recorder.begin(code, count),
      onOutput: (output) => {
        recorder.add(output);
        printer.print(output);
      },
      onInput: ({ prompt }) => lines.question(prompt),
    });
  printer.settle();
}

/** Lines until they are a whole cell; a blank line ends any. Undefined when the input has ended. */
async function readCell(
  lines: Interface,
  session: ReplSession,
  signal: AbortSignal,
): Promise<string | undefined> {
  const label = `In [${session.executionCount + 1}]: `;
  let code = '';
  for (;;) {
    const line = await lines
      .question(code === '' ? label : '...: '.padStart(label.length), { signal })
      .catch(() => undefined);
    if (line === undefined) return undefined;
    code = code === '' ? line : `${code}\n${line}`;
    if (code.trim() === '') code = '';
    else if (plainlyComplete(code) || (line.trim() === '' && code.includes('\n'))) return code;
    else if ((await session.completeness(code))?.status !== 'incomplete') return code;
  }
}

async function completions(session: ReplSession, line: string): Promise<[string[], string]> {
  const { start, end, matches } = await session.complete(line, line.length);
  return [matches.map(({ text }) => text), line.slice(start, end)];
}
