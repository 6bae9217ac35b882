import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { editorOf } from '../../../../kernel/repl/edit/editor.ts';
import { layout } from '../../../../kernel/repl/edit/layout.ts';
import { colored, uncolored } from '../../../../kernel/repl/theme.ts';
import { withoutColors } from '../../../../kernel/without-colors.ts';

const room = { prompts: ['In [1]: ', '   ...: '] as const, columns: 20, rows: 10, paint: uncolored };

test('lines begin with their prompts', () => {
  expect(layout(editorOf('if (a) {\n  b\n}', 9), room)).toEqual({
    rows: ['In [1]: if (a) {', '   ...:   b', '   ...: }'],
    cursor: { x: 8, y: 1 },
  });
});

test('long lines wrap, and the cursor with them', () => {
  const { rows, cursor } = layout(editorOf('abcdefghijklmnop'), room);
  expect(rows).toEqual(['In [1]: abcdefghijkl', '        mnop']);
  expect(cursor).toEqual({ x: 12, y: 1 });
  expect(layout(editorOf('abcdefghijkl'), room)).toMatchObject({
    rows: ['In [1]: abcdefghijkl', '        '],
    cursor: { x: 8, y: 1 },
  });
});

test('wide letters are never cut in half', () => {
  const { rows } = layout(editorOf('日本語日本語日本語'), { ...room, columns: 19 });
  expect(rows).toEqual(['In [1]: 日本語日本', '        語日本語']);
  for (const row of rows) expect(stringWidth(row)).toBeLessThanOrEqual(19);
});

test('tabs and control characters can be seen', () => {
  expect(layout(editorOf('a\tb\u0001'), room).rows).toEqual(['In [1]: a  b^A']);
});

test('a long text shows the part around the cursor', () => {
  const text = Array.from({ length: 200 }, (_, i) => `line ${i}`).join('\n');
  const { rows, cursor } = layout(editorOf(text, text.indexOf('line 100')), { ...room, rows: 5 });
  expect(rows).toHaveLength(5);
  expect(rows[cursor.y]).toBe('   ...: line 100');
  expect(layout(editorOf(text), { ...room, rows: 5 }).rows.at(-1)).toBe('   ...: line 199');
});

test('a password is not shown', () => {
  expect(layout(editorOf('secret', 2), { ...room, mask: '•' })).toEqual({
    rows: ['In [1]: ••••••'],
    cursor: { x: 10, y: 0 },
  });
});

test('colours change nothing of the text', () => {
  const text = 'const a = "x" // note\n%train cnn --epochs 2';
  const rows = layout(editorOf(text), { ...room, columns: 80, paint: colored }).rows;
  expect(rows.map(withoutColors)).toEqual(layout(editorOf(text), { ...room, columns: 80 }).rows);
  expect(rows[0]).toContain('\u001b[36mconst');
  expect(rows[1]).toContain('\u001b[35m\u001b[1m%train');
});
