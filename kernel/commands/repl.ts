import { UsageError } from '../../src/errors.ts';
import type { Notebook } from '../notebook.ts';
import { endEarlyPrompt, showEarlyPrompt } from '../repl/early-prompt.ts';
import type { NotebookRecorder } from '../repl/notebook-recorder.ts';
import type { ReplSession } from '../repl/repl-session.ts';
import { colored, type Paint, uncolored, wantsColors } from '../repl/theme.ts';
import { parseOptions } from './parse-options.ts';

interface Start {
  readonly session: ReplSession;
  readonly recorder: NotebookRecorder;
  /** Cells to run first. */
  readonly first: readonly string[];
}

/** Opens the session of a running kernel or of a device; undefined for one of this process. */
type Elsewhere = (() => Promise<ReplSession>) | undefined;

interface StartSettings {
  readonly replay: boolean;
  readonly paint: Paint;
  readonly elsewhere: Elsewhere;
}

const usage = 'Usage: edgebook repl [NOTEBOOK [--replay]] [--kernel CONNECTION_FILE | --ssh HOST] [--plain]';

/** `edgebook repl [NOTEBOOK [--replay]] [--kernel CONNECTION_FILE | --ssh HOST] [--plain]`; with a script on stdin it runs that. Resolves to the exit code. */
export async function replCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    plain: { type: 'boolean' },
    replay: { type: 'boolean' },
    kernel: { type: 'string' },
    ssh: { type: 'string' },
  });
  const [path, ...more] = positionals;
  if (more.length > 0 || (values.replay && path === undefined)) throw new UsageError(usage);
  if (values.kernel && values.ssh) throw new UsageError(usage);
  const elsewhere = elsewhereOf(values);
  if (!process.stdin.isTTY) return piped(elsewhere);
  const isPlain = values.plain || !process.stdout.isTTY || process.env.TERM === 'dumb';
  const paint = !isPlain && wantsColors(process.env) ? colored : uncolored;
  if (!isPlain && !values.ssh) {
    // People can type while all the rest loads.
    const { banner } = await import('../repl/banner.ts');
    showEarlyPrompt(process.stdout, `${banner(paint)}${paint('input', 'In [1]: ')}`);
  }
  const start = await startOf(path, { replay: values.replay ?? false, paint, elsewhere });
  try {
    return await (isPlain ? plain(start) : full(start, paint));
  } finally {
    await start.session.close();
  }
}

async function startOf(
  path: string | undefined,
  { replay, paint, elsewhere }: StartSettings,
): Promise<Start> {
  const session = elsewhere ? await elsewhere() : await newSession(paint === colored ? 'color' : 'plain');
  const [{ joinLines, readNotebook }, { NotebookRecorder }] = await Promise.all([
    import('../notebook.ts'),
    import('../repl/notebook-recorder.ts'),
  ]);
  const notebook = path === undefined ? undefined : await readNotebook(path);
  const codeOf = ({ cells }: Notebook): string[] =>
    cells.filter((cell) => cell.cell_type === 'code').map(({ source }) => joinLines(source));
  const first = notebook && replay ? codeOf(notebook).filter((code) => code.trim() !== '') : [];
  return { session, first, recorder: new NotebookRecorder(replay ? undefined : notebook) };
}

/** Its runtime child starts while this process loads what draws. */
async function newSession(terminal: 'color' | 'plain' | undefined): Promise<ReplSession> {
  const [{ Session }, { History }, { ownSession }, { silenceOwnWarnings }] = await Promise.all([
    import('../session.ts'),
    import('../history.ts'),
    import('../repl/own-session.ts'),
    import('../engine/own-warnings.ts'),
  ]);
  silenceOwnWarnings();
  return ownSession(
    new Session(terminal ? { types: 'warn', history: new History(), terminal } : { types: 'off' }),
  );
}

function elsewhereOf({ kernel, ssh }: { kernel?: string; ssh?: string }): Elsewhere {
  if (kernel !== undefined) return () => joined(kernel);
  return ssh === undefined ? undefined : () => onDevice(ssh);
}

/** A session on a device; what is sent there is told on stderr. */
async function onDevice(host: string): Promise<ReplSession> {
  const [{ connectDevice }, { History }] = await Promise.all([
    import('../repl/connect-device.ts'),
    import('../history.ts'),
  ]);
  return connectDevice(host, new History());
}

/** The session of a kernel that runs already. */
async function joined(connection: string): Promise<ReplSession> {
  const [{ RemoteSession }, { History }] = await Promise.all([
    import('../client/remote-session.ts'),
    import('../history.ts'),
  ]);
  return RemoteSession.join(connection, new History());
}

async function piped(elsewhere: Elsewhere): Promise<number> {
  const [{ runPiped }, session] = await Promise.all([
    import('../repl/piped.ts'),
    elsewhere ? elsewhere() : newSession(undefined),
  ]);
  try {
    return await runPiped(session, process.stdin);
  } finally {
    await session.close();
  }
}

async function plain(start: Start): Promise<number> {
  const [{ runPlain }, { terminalCommand }] = await Promise.all([
    import('../repl/plain.ts'),
    import('../repl/terminal-commands.ts'),
  ]);
  const left = new AbortController();
  const options = { recorder: start.recorder, cwd: process.cwd(), leave: () => left.abort() };
  return runPlain({
    ...{ ...start, input: process.stdin, output: process.stdout, signal: left.signal },
    command: (code) => terminalCommand(code, options),
  });
}

async function full(start: Start, paint: Paint): Promise<number> {
  const { startRepl } = await loadInk();
  const pictures = await endEarlyPrompt(process.stdin, process.stdout);
  return startRepl({ ...start, paint, cwd: process.cwd(), pictures });
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
