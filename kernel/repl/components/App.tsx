import { Box, useApp, useInput, usePaste, useStdout, useWindowSize } from 'ink';
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { keyPresses } from '../key-press.ts';
import type { Repl } from '../repl.ts';
import type { Screen } from '../screen.ts';
import type { Paint } from '../theme.ts';
import { LiveOutput } from './LiveOutput.tsx';
import { Menu } from './Menu.tsx';
import { PanelTable } from './PanelTable.tsx';
import { Prompt } from './Prompt.tsx';
import { SignatureLine } from './SignatureLine.tsx';
import { StatusLine } from './StatusLine.tsx';

export interface AppProps {
  readonly repl: Repl;
  readonly paint: Paint;
  /** Given what the terminal does, when it can do it. */
  readonly onReady: (screen: Screen) => void;
}

/** All below the finished output: what runs, the prompt, and what helps while typing. */
export function App({ repl, paint, onReady }: AppProps): ReactNode {
  const state = useSyncExternalStore(repl.state.subscribe, repl.state.get);
  const { columns, rows } = useWindowSize();
  const { write } = useStdout();
  const { exit, suspendTerminal } = useApp();
  // biome-ignore lint/correctness/useExhaustiveDependencies: Ink's functions stay the same
  useEffect(() => onReady({ write, exit, suspend: (work) => suspendTerminal(work) }), []);
  useInput((input, key) => {
    for (const press of keyPresses(input, key)) repl.key(press);
  });
  usePaste((text) => repl.paste(text));
  if (state.isClosing) return null;
  const { menu, panel, signature, live } = state;
  const room = { columns, rows, paint };
  // A frame as high as the screen could not be drawn over: one line stays free.
  const extra = panel ? Math.min(12, rows - 4) : menu ? Math.min(8, rows - 4) : 0;
  const promptRows = Math.max(1, rows - extra - 4 - (live.length > 0 ? 2 : 0));
  return (
    <Box flexDirection="column">
      <LiveOutput
        {...room}
        live={live}
        since={state.since}
        rows={Math.max(1, Math.min(24, rows - 4 - extra))}
      />
      <Prompt {...room} state={state} rows={promptRows} />
      {signature && !menu && !panel && <SignatureLine {...room} signature={signature} />}
      {menu && !panel && <Menu {...room} menu={menu} rows={extra} />}
      {panel && <PanelTable {...room} panel={panel} rows={extra} />}
      <StatusLine {...room} state={state} />
    </Box>
  );
}
