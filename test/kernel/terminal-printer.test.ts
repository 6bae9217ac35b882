import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { type Terminal, TerminalPrinter } from '../../kernel/terminal-printer.ts';

function screen(isTTY: boolean): { terminal: Terminal; text(): string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { terminal: Object.assign(stream, { isTTY, columns: 80 }), text: () => text };
}

const numbers = Array.from({ length: 3000 }, (_, i) => `line ${i + 1}\n`);

test('a terminal shows the begin and the end of a long output', () => {
  const { terminal, text } = screen(true);
  const printer = new TerminalPrinter(terminal);
  for (const line of numbers) printer.print({ type: 'stream', name: 'stdout', text: line });
  printer.line('done');
  expect(text()).toContain('line 30\n');
  const last = text().split('\u001b[J').at(-1);
  expect(last).toBe('... 2,965 lines more\nline 2996\nline 2997\nline 2998\nline 2999\nline 3000\ndone\n');
});

test('a log has every line, and no escape sequence', () => {
  const { terminal, text } = screen(false);
  const printer = new TerminalPrinter(terminal);
  for (const line of numbers) printer.print({ type: 'stream', name: 'stdout', text: line });
  printer.print({ type: 'error', ename: 'E', evalue: '', traceback: ['\u001b[31mE\u001b[39m'] });
  expect(text()).toBe(`${numbers.join('')}E\n`);
});

test.each([
  [{ 'text/html': '<h1>A &amp; B</h1><table><tr><td>1</td><td>2</td></tr></table>' }, 'A & B\n1  2\n'],
  [{ 'text/latex': '$$ q $$' }, '$$ q $$\n'],
  [{ 'image/png': 'A'.repeat(4000) }, '<image/png, 3.0 kB>\n'],
  [{ 'text/html': '<b>x</b>', 'text/plain': 'plain' }, 'plain\n'],
])('%j is shown as text', (data, expected) => {
  const { terminal, text } = screen(true);
  new TerminalPrinter(terminal).print({ type: 'display', data, metadata: {} });
  expect(text()).toBe(expected);
});
