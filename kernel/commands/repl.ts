import { resolve } from 'node:path';
import { UsageError } from '../../src/errors.ts';
import { silenceOwnWarnings } from '../engine/own-warnings.ts';
import { History } from '../history.ts';
import { joinLines, type Notebook, readNotebook } from '../notebook.ts';
import { NotebookRecorder } from '../repl/notebook-recorder.ts';
import { ownSession } from '../repl/own-session.ts';
import type { ReplSession } from '../repl/repl-session.ts';
import { terminalCommand } from '../repl/terminal-commands.ts';
import { colored, uncolored, wantsColors } from '../repl/theme.ts';
import { Session } from '../session.ts';
import { parseOptions } from './parse-options.ts';

interface Start {
  readonly session: ReplSession;
  readonly recorder: NotebookRecorder;
  /** Cells to run first. */
  readonly first: readonly string[];
}

/** `edgebook repl [NOTEBOOK] [--replay] [--plain]`; with a script on stdin it runs that. */
export async function replCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    plain: { type: 'boolean' },
    replay: { type: 'boolean' },
  });
  const [path, ...more] = positionals;
  if (more.length > 0 || (values.replay && path === undefined))
    throw new UsageError('Usage: edgebook repl [NOTEBOOK [--replay]] [--plain]');
  silenceOwnWarnings();
  const { stdin, stdout } = process;
  const isPiped = !stdin.isTTY;
  // The runtime child starts while this process loads what draws.
  const own = new Session({ types: isPiped ? 'off' : 'warn', ...(!isPiped && { history: new History() }) });
  const session = ownSession(own);
  try {
    if (isPiped) return await (await import('../repl/piped.ts')).runPiped(session, stdin);
    const notebook = path === undefined ? undefined : await readNotebook(path);
    const first = notebook && values.replay ? codeOf(notebook) : [];
    const recorder = new NotebookRecorder(values.replay ? undefined : notebook);
    const isPlain = values.plain || !stdout.isTTY || process.env.TERM === 'dumb';
    return await (isPlain ? plain : full)({ session, recorder, first });
  } finally {
    await session.close();
  }
}

const codeOf = ({ cells }: Notebook): string[] =>
  cells
    .flatMap((cell) => (cell.cell_type === 'code' ? [joinLines(cell.source)] : []))
    .filter((code) => code.trim() !== '');

async function plain({ session, recorder, first }: Start): Promise<number> {
  const { runPlain } = await import('../repl/plain.ts');
  const left = new AbortController();
  const options = { recorder, cwd: process.cwd(), leave: () => left.abort() };
  return runPlain({
    ...{ session, first, recorder, input: process.stdin, output: process.stdout, signal: left.signal },
    command: (code) => terminalCommand(code, options),
  });
}

async function full({ session, recorder, first }: Start): Promise<number> {
  const { stdin, stdout } = process;
  const [{ askForPictures }, { banner }] = await Promise.all([
    import('../repl/ask-terminal.ts'),
    import('../repl/banner.ts'),
  ]);
  const paint = wantsColors(process.env) ? colored : uncolored;
  stdout.write(banner(paint));
  const asked = askForPictures(stdin, stdout);
  const { startRepl } = await loadInk();
  return startRepl({ session, recorder, first, paint, cwd: resolve('.'), pictures: await asked });
}

/** React's faster build, which it chooses by a variable that nothing else should see. */
async function loadInk() {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  const start = await import('../repl/start.tsx');
  if (before === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = before;
  return start;
}
