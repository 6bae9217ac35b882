import { describe, expect, test } from 'vitest';
import { type Panel, panelKey, panelRows } from '../../../../kernel/repl/panels/panel.ts';

const panel: Panel = {
  ...{ name: 'Variants', key: 'name', empty: 'None', selected: 0, sorted: undefined, isDescending: false },
  columns: [
    { key: 'name', header: 'variant' },
    { key: 'p50', header: 'p50' },
  ],
  rows: [{ name: 'b', p50: 2 }, { name: 'a' }, { name: 'c', p50: 1 }],
  marked: new Set<string>(),
};

const press = (...keys: string[]): Panel =>
  keys.reduce((current, key) => panelKey(current, key) as Panel, panel);
const names = (current: Panel) => panelRows(current).map(({ name }) => name);

describe('sorts', () => {
  test('by the column that the arrows choose, empty cells last', () => {
    expect(names(panel)).toEqual(['b', 'a', 'c']);
    expect(names(press('right'))).toEqual(['a', 'b', 'c']);
    expect(names(press('right', 'right'))).toEqual(['c', 'b', 'a']);
    expect(names(press('right', 'right', 'r'))).toEqual(['b', 'c', 'a']);
    expect(names(press('left'))).toEqual(['c', 'b', 'a']);
  });
});

test('the cursor stays within the rows', () => {
  expect(press('up').selected).toBe(0);
  expect(press('down', 'down', 'down').selected).toBe(2);
});

test('Enter takes the marked rows in their order, else the one under the cursor', () => {
  expect(panelKey(press('down'), 'enter')).toEqual(['a']);
  expect(panelKey(press('down', 'down', ' ', 'up', 'up', ' '), 'enter')).toEqual(['b', 'c']);
  expect(panelKey(press(' ', ' '), 'enter')).toEqual(['b']);
  expect(panelKey(panel, 'escape')).toBeUndefined();
});
