import { render } from 'ink';
import { App } from './components/App.tsx';
import type { NotebookRecorder } from './notebook-recorder.ts';
import type { Panel } from './panels/panel.ts';
import { pictureOf } from './picture-of.ts';
import type { PictureProtocol } from './pictures.ts';
import { Repl } from './repl.ts';
import type { ReplSession } from './repl-session.ts';
import type { Screen } from './screen.ts';
import { terminalCommand } from './terminal-commands.ts';
import type { Paint } from './theme.ts';

export interface StartOptions {
  readonly session: ReplSession;
  readonly recorder: NotebookRecorder;
  readonly cwd: string;
  readonly paint: Paint;
  /** How the terminal takes pictures; undefined if it takes none. */
  readonly pictures: PictureProtocol | undefined;
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  /** Cells to run before the user's. */
  readonly first?: readonly string[];
}

/** Frames in a second: a key must be on the screen within 16 ms. */
const framesPerSecond = 120;

/** Panels by name, each read when it is opened. */
const panels: Readonly<Record<string, (cwd: string) => Promise<Panel>>> = {
  variants: async (cwd) => (await import('./panels/variants.ts')).variantsPanel(cwd),
  devices: async (cwd) => (await import('./panels/devices.ts')).devicesPanel(cwd),
};

/** Runs the terminal's session until the user leaves; resolves to the exit code. */
export async function startRepl(options: StartOptions): Promise<number> {
  const { session, recorder, cwd, paint, pictures, first = [] } = options;
  const ready = Promise.withResolvers<Screen>();
  let screen: Screen | undefined;
  const repl: Repl = new Repl({
    ...{ session, paint, record: recorder },
    screen: {
      write: (text) => screen?.write(text),
      suspend: async (work) => screen?.suspend(work),
      exit: (code) => screen?.exit(code),
    },
    columns: () => (options.stdout ?? process.stdout).columns ?? 80,
    picture: (output) => pictureOf(output, pictures),
    openPanel: (name) => panels[name]!(cwd),
    command: (code) => terminalCommand(code, { recorder, cwd, leave: () => repl.leave() }),
  });
  const { waitUntilExit } = render(<App repl={repl} paint={paint} onReady={ready.resolve} />, {
    // There is a terminal: Ink would not believe it where `CI` is set.
    ...{ interactive: true, exitOnCtrlC: false, maxFps: framesPerSecond, incrementalRendering: true },
    kittyKeyboard: { mode: 'auto', flags: ['disambiguateEscapeCodes'] },
    ...(options.stdin && { stdin: options.stdin }),
    ...(options.stdout && { stdout: options.stdout }),
  });
  screen = await ready.promise;
  void session.warm();
  for (const code of first) await repl.submit(code);
  const code = await waitUntilExit();
  return typeof code === 'number' ? code : 0;
}
