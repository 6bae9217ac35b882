import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { History } from '../../kernel/history.ts';
import { notebookFolder } from './notebook-folder.ts';

const file = () => join(notebookFolder(), 'history', 'history.sqlite');
const sources = (entries: readonly { source: string }[]) => entries.map(({ source }) => source);

function filled(path: string, cells: readonly string[]): History {
  const history = new History(path);
  for (const [index, source] of cells.entries()) history.add(index + 1, source);
  return history;
}

test('sessions are numbered, and found by number or from the newest back', () => {
  const path = file();
  for (const name of ['a', 'b', 'c']) filled(path, [`${name}1`, `${name}2`, `${name}3`]).close();
  const now = filled(path, ['d1', 'd2', 'd3']);
  expect(now.session).toBe(4);
  expect(sources(now.range())).toEqual(['d1', 'd2', 'd3']);
  expect(sources(now.range({ session: -1 }))).toEqual(['c1', 'c2', 'c3']);
  expect(now.range({ session: 1, start: 2, stop: 3 })).toEqual([
    { session: 1, line: 2, source: 'a2', output: null },
  ]);
  expect(sources(now.range({ start: -2 }))).toEqual(['d2', 'd3']);
  expect(sources(now.range({ stop: -1 }))).toEqual(['d1', 'd2']);
  expect(now.range({ session: 99 })).toEqual([]);
});

test('tail has the newest of all sessions, oldest first', () => {
  const path = file();
  filled(path, ['a', 'b']).close();
  expect(sources(filled(path, ['c']).tail(2))).toEqual(['b', 'c']);
});

test('search by glob, newest n, unique', () => {
  const history = filled(file(), ['1 + 1', 'let a = 1', '1 + 2', '1 + 1', "it's [x]"]);
  expect(sources(history.search({ pattern: '1*' }))).toEqual(['1 + 1', '1 + 2', '1 + 1']);
  expect(sources(history.search({ pattern: '1*', unique: true }))).toEqual(['1 + 2', '1 + 1']);
  expect(sources(history.search({ pattern: '1*', n: 1 }))).toEqual(['1 + 1']);
  expect(sources(history.search({ pattern: '*[[]x]' }))).toEqual(["it's [x]"]);
  expect(history.search()).toHaveLength(5);
});

test('outputs are kept beside their cells', () => {
  const history = filled(file(), ['6 * 7']);
  history.setOutput(1, '42');
  expect(history.tail(1)).toEqual([{ session: 1, line: 1, source: '6 * 7', output: '42' }]);
});

test('after close a new session begins', () => {
  const history = filled(file(), ['a']);
  history.close();
  history.add(1, 'b');
  expect(history.tail(2).map(({ session, source }) => [session, source])).toEqual([
    [1, 'a'],
    [2, 'b'],
  ]);
});

test('a file that cannot be used costs the history, and is said once', () => {
  const path = file();
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, 'This is no database, but long enough to be taken for one. '.repeat(100));
  const warnings: string[] = [];
  const history = new History(path, (message) => warnings.push(message));
  history.add(1, 'a');
  history.add(2, 'b');
  expect(sources(history.tail(5))).toEqual(['a', 'b']);
  expect(warnings).toEqual([expect.stringContaining(`'${path}' must be an SQLite file`)]);
});

test('several processes write at once, and are killed: nothing is lost', async () => {
  const path = file();
  const module = fileURLToPath(new URL('../../kernel/history.ts', import.meta.url));
  const script = `
    const { History } = await import(${JSON.stringify(module)});
    const history = new History(${JSON.stringify(path)});
    for (let i = 1; i <= 200; i++) history.add(i, 'cell ' + i);
    process.kill(process.pid, 'SIGKILL');`;
  const writers = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  await Promise.all(writers.map((writer) => once(writer, 'exit')));
  const history = new History(path);
  expect(history.search()).toHaveLength(600);
  for (const session of [1, 2, 3]) expect(history.range({ session })).toHaveLength(200);
});
