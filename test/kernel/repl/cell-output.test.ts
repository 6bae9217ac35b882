import { expect, test } from 'vitest';
import type { Output } from '../../../kernel/output.ts';
import { CellOutput, type LiveBlock } from '../../../kernel/repl/cell-output.ts';
import { uncolored } from '../../../kernel/repl/theme.ts';

function screen() {
  let written = '';
  let live: readonly LiveBlock[] = [];
  const output = new CellOutput({
    paint: uncolored,
    write: (text) => {
      written += text;
    },
    show: (blocks) => {
      live = blocks;
    },
  });
  const print = (...outputs: Output[]): void => {
    for (const one of outputs) output.print(one, { count: 3 });
  };
  return { output, print, written: () => written, live: () => live.map(({ text }) => text) };
}

const stream = (text: string): Output => ({ type: 'stream', name: 'stdout', text });
const bar = (text: string): Output => ({
  ...{ type: 'display', displayId: 'bar', metadata: {} },
  data: { 'text/plain': text },
});
const update = (text: string): Output => ({ ...bar(text), type: 'update' }) as Output;
const result = (text: string): Output => ({ type: 'result', data: { 'text/plain': text }, metadata: {} });

test('whole lines are written, an open one stays live', () => {
  const { print, written, live, output } = screen();
  print(stream('one\ntw'));
  expect([written(), live()]).toEqual(['one\n', ['tw']]);
  print(stream('o\n'));
  expect([written(), live()]).toEqual(['one\ntwo\n', []]);
  print(stream('rest'));
  output.settle();
  expect([written(), live()]).toEqual(['one\ntwo\nrest\n', []]);
});

test('a display that changes stays below what is printed, and ends in its place', () => {
  const { print, written, live } = screen();
  print(bar('10 %'), stream('note\n'), update('50 %'));
  expect([written(), live()]).toEqual(['note\n', ['50 %']]);
  print(result('done'));
  expect([written(), live()]).toEqual(['note\n50 %\nOut[3]: done\n', []]);
  print(update('60 %'));
  expect(written()).toBe('note\n50 %\nOut[3]: done\n');
});

test('values of several lines begin below their label', () => {
  const { print, written } = screen();
  print(result('a\nb'));
  expect(written()).toBe('Out[3]:\na\nb\n');
});

test('a long output is folded, and kept whole', () => {
  const { print, written, output, live } = screen();
  const text = Array.from({ length: 1000 }, (_, i) => `${i}\n`).join('');
  print(stream(text.slice(0, 500)), stream(text.slice(500)));
  expect(written().split('\n')).toHaveLength(31);
  expect(live()[0]).toMatch(/^\.\.\. 965 lines more \(Ctrl-O opens all\)\n995\n/);
  expect(output.folded).toBe(text);
  print(result(Array.from({ length: 100 }, (_, i) => `r${i}`).join('\n')));
  expect(written()).toContain('... 30 lines more (Ctrl-O opens all)\nr90');
});

test('an error is its traceback, without colours where there are none', () => {
  const { print, written } = screen();
  print({
    type: 'error',
    ename: 'Error',
    evalue: 'x',
    traceback: ['\u001b[31mError\u001b[39m: x', 'line 1'],
  });
  expect(written()).toBe('Error: x\nline 1\n');
});

test('clearing takes away what is live, when the next output comes if it waits', () => {
  const { print, live } = screen();
  print(stream('50 %'), { type: 'clear', wait: true });
  expect(live()).toEqual(['50 %']);
  print(stream('60 %'));
  expect(live()).toEqual(['60 %']);
});

test('a picture stands for the text', () => {
  const { output, written } = screen();
  output.print(result('text'), { count: 1, picture: '<pixels>' });
  expect(written()).toBe('Out[1]: <pixels>\n');
});
