import { renderToString } from 'ink';
import type { ReactNode } from 'react';
import { describe, expect, test } from 'vitest';
import { App } from '../../../../kernel/repl/components/App.tsx';
import { LiveOutput } from '../../../../kernel/repl/components/LiveOutput.tsx';
import { Menu } from '../../../../kernel/repl/components/Menu.tsx';
import { PanelTable } from '../../../../kernel/repl/components/PanelTable.tsx';
import { Prompt } from '../../../../kernel/repl/components/Prompt.tsx';
import { SignatureLine } from '../../../../kernel/repl/components/SignatureLine.tsx';
import { StatusLine } from '../../../../kernel/repl/components/StatusLine.tsx';
import { editorOf } from '../../../../kernel/repl/edit/editor.ts';
import { deviceColumns, powerOf } from '../../../../kernel/repl/panels/devices.ts';
import type { Panel } from '../../../../kernel/repl/panels/panel.ts';
import type { ReplState } from '../../../../kernel/repl/state.ts';
import { colored, type Paint, uncolored } from '../../../../kernel/repl/theme.ts';
import { withoutColors } from '../../../../kernel/without-colors.ts';
import { expectGolden } from '../../../golden.ts';
import { FakeTerminal } from '../fake-session.ts';

const typing = {
  ...{ count: 7, search: undefined, question: undefined, queued: [], notice: undefined },
  editor: editorOf('const net = %train cnn --epochs 2\nif (net.accuracy > 0.98) {\n  // 良い\n}'),
} satisfies Partial<ReplState>;

const menu = {
  ...{ start: 4, end: 6, selected: 1, documentation: 'method %quantize\n\nMake weights integers' },
  matches: ['toExponential', 'toFixed', 'toLocaleString', 'toPrecision', 'toString', 'valueOf', '日本語'].map(
    (text) => ({ text, type: 'method', signature: '(digits?: number): string' }),
  ),
};

const signature = {
  ...{ before: 'fit(', separator: ', ', after: '): Promise<Fitted>', active: 1, documentation: '', tags: [] },
  parameters: ['model: Model', 'data: Dataset', 'options?: FitOptions'],
};

const panel: Panel = {
  ...{ name: 'Variants', key: 'name', empty: 'None yet', selected: 1, sorted: 1, isDescending: true },
  columns: [
    { key: 'name', header: 'variant' },
    { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
    { key: 'accuracy', header: 'accuracy', unit: '%', scale: 100, decimals: 2 },
  ],
  rows: Array.from({ length: 9 }, (_, i) => ({ name: `net_${i}`, bytes: 1000 * i, accuracy: 0.9 + i / 100 })),
  marked: new Set(['net_6']),
};

const reading = { at: 1, rails: {}, from: 'VDD_IN' } as const;
const devices: Panel = {
  ...panel,
  ...{ name: 'Devices', columns: deviceColumns, selected: 0, sorted: undefined, marked: new Set<string>() },
  rows: [
    { name: 'local', state: 'answers', ...powerOf({ source: undefined, reading: undefined, none: 'none' }) },
    {
      ...{ name: 'jetson', state: 'answers', processor: '6 × Cortex-A78AE', free: 4e9, celsius: 48.31 },
      ...powerOf({
        source: 'tegrastats',
        none: undefined,
        reading: { ...reading, watts: 7.479, covers: 'board' },
      }),
      mode: '15W',
    },
    {
      ...{ name: 'pi', state: 'answers', celsius: 71, held: 'undervoltage' },
      ...powerOf({
        ...{ source: 'Raspberry Pi PMIC', none: undefined },
        reading: { ...reading, watts: 4.2, covers: 'board', estimate: 'a fit' },
      }),
    },
    { name: 'attic', state: 'silent', url: 'ssh://attic' },
  ],
};

const live = [
  { id: 'bar', text: 'train cnn [############............] 469/938 · 4.1 s, 4.1 s left' },
  { id: 'curve', text: `Loss 0.21\n${'█'.repeat(120)}` },
];

/** Without colours, and without the blanks at the ends of lines. */
const textOf = (text: string): string => withoutColors(text).replace(/ +$/gm, '');

type Draw = (room: { columns: number; rows: number; paint: Paint }) => ReactNode;

const parts: Readonly<Record<string, Draw>> = {
  prompt: (room) => <Prompt {...room} state={typing} />,
  question: (room) => (
    <Prompt
      {...room}
      state={{ ...typing, question: { prompt: 'Key: ', password: true, editor: editorOf('abc') } }}
    />
  ),
  search: (room) => (
    <Prompt
      {...room}
      state={{
        ...typing,
        search: { query: 'train', skip: 0, found: '%train mlp --epochs 1', before: editorOf('') },
      }}
    />
  ),
  menu: (room) => <Menu {...room} menu={menu} />,
  signature: (room) => <SignatureLine {...room} signature={signature} />,
  panel: (room) => <PanelTable {...room} panel={panel} />,
  devices: (room) => <PanelTable {...room} panel={devices} />,
  'empty panel': (room) => <PanelTable {...room} panel={{ ...panel, rows: [] }} />,
  'live output': (room) => <LiveOutput {...room} live={live} since={0} />,
  status: (room) => <StatusLine {...room} state={{ notice: undefined, queued: ['%bench a', 'b'] }} />,
};

const widths = [60, 100];

describe.each(Object.entries(parts))('%s', (name, draw) => {
  const frame = (columns: number, paint: Paint): string =>
    renderToString(draw({ columns, rows: 8, paint }), { columns });

  test('looks as it did', () => {
    const frames = widths.map((columns) => `${columns} columns\n${frame(columns, uncolored)}`);
    expectGolden(frames.join('\n\n'), `repl/${name.replaceAll(' ', '-')}.txt`);
  });

  test('has the same text in colours, within eight lines', () => {
    for (const columns of widths) {
      const plain = frame(columns, uncolored);
      expect(textOf(frame(columns, colored))).toBe(textOf(plain));
      expect(plain.split('\n').length).toBeLessThanOrEqual(8);
    }
  });
});

test('the whole of it fits into the smallest terminal', async () => {
  const terminal = new FakeTerminal();
  terminal.matches = menu.matches.map(({ text }) => text);
  await terminal.press('2..', 'tab');
  const frame = renderToString(<App repl={terminal.repl} paint={uncolored} onReady={() => {}} />, {
    columns: 60,
  });
  expect(frame.split('\n').length).toBeLessThan(15);
  expectGolden(frame, 'repl/app.txt');
});
