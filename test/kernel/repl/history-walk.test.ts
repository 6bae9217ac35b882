import { expect, test } from 'vitest';
import { History } from '../../../kernel/history.ts';
import { findInHistory, HistoryWalk } from '../../../kernel/repl/history-walk.ts';

function history(...cells: string[]): History {
  const store = new History(':memory:');
  for (const [i, code] of cells.entries()) store.add(i + 1, code);
  return store;
}

test('walks through what begins as what was typed, and back to it', () => {
  const walk = new HistoryWalk(
    history('const a = 1', 'let b', 'const c = a[*]', 'const a = 1'),
    'con',
    'con',
  );
  expect([walk.older(), walk.older(), walk.older()]).toEqual(['const a = 1', 'const c = a[*]', undefined]);
  expect([walk.newer(), walk.newer(), walk.newer()]).toEqual(['const a = 1', 'con', undefined]);
});

test('signs of GLOB stand for themselves', () => {
  const store = history('a[0]', 'ab', 'a*b', 'x?');
  expect(new HistoryWalk(store, 'a[', 'a[').older()).toBe('a[0]');
  expect(findInHistory(store, 'a*')).toBe('a*b');
  expect(findInHistory(store, '?')).toBe('x?');
});

test('searches backwards', () => {
  const store = history('%train cnn', 'f(1)', '%train mlp');
  expect([0, 1, 2].map((skip) => findInHistory(store, 'train', skip))).toEqual([
    '%train mlp',
    '%train cnn',
    undefined,
  ]);
  expect(findInHistory(store, '')).toBeUndefined();
  expect(findInHistory(undefined, 'a')).toBeUndefined();
});
