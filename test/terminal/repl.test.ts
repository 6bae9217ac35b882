import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Notebook } from '../../kernel/notebook.ts';
import { describeWith } from '../support/describe-with.ts';
import { missing, Tmux, type TmuxOptions } from './tmux.ts';

let open: Tmux[] = [];
const start = (options?: TmuxOptions): Tmux => {
  const terminal = new Tmux(options);
  open.push(terminal);
  return terminal;
};
afterEach(() => {
  for (const terminal of open) terminal.close();
  open = [];
});

describeWith('the session in a real terminal', [{ path: 'tmux', ...(missing && { missing }) }], () => {
  test('types, runs, completes, and leaves', async () => {
    const terminal = start();
    await terminal.until('In [1]:');
    terminal.keys('const scores = [3, 1, 2]', 'Enter');
    await terminal.until('In [2]:');
    terminal.keys('scores.toSor', 'Tab');
    await terminal.until('In [2]: scores.toSorted');
    terminal.keys('()', 'Enter');
    // The blank line tells that the cell has ended: before, Ctrl-D shows the devices.
    await terminal.until(/Out\[2\]: \[ 1, 2, 3 \]\n(?:[\d.]+ s\n)?\nIn \[3\]:/);
    terminal.keys('C-d');
    await terminal.until('exit 0');
  });

  test('what is typed before the session has loaded is there afterwards', async () => {
    const terminal = start();
    terminal.keys('40 + 2', 'Enter', '"next');
    const screen = await terminal.until('Out[1]: 42');
    expect(screen).toContain('In [2]: "next');
  });

  test('edits over several lines, with the signature of the call', async () => {
    const terminal = start();
    await terminal.until('In [1]:');
    terminal.keys(
      'function area(width: number, height: number) {',
      'Enter',
      'return width * height',
      'Enter',
      '}',
      'Enter',
    );
    await terminal.until(/ {3}\.\.\.: \}\n[\s\S]*In \[2\]:/);
    expect(terminal.screen()).toContain('   ...:   return width * height');
    terminal.keys('area(3, ');
    await terminal.until('area(width: number, height: number): number');
    terminal.keys('4)', 'Enter');
    await terminal.until('Out[2]: 12');
  });

  test('interrupts an endless loop, keeps the variables', async () => {
    const terminal = start();
    await terminal.until('In [1]:');
    terminal.keys('const kept = 7', 'Enter');
    await terminal.until('In [2]:');
    terminal.keys('while (true) {}', 'Enter');
    await terminal.until(/\d\.\d s · Ctrl-C interrupts/);
    terminal.keys('C-c');
    await terminal.until('Interrupted: The cell was interrupted. Variables are kept.');
    terminal.keys('kept', 'Enter');
    await terminal.until('Out[3]: 7');
  });

  test('200 pasted lines are one cell', async () => {
    const terminal = start();
    await terminal.ready();
    terminal.paste(Array.from({ length: 200 }, (_, i) => `const v${i} = ${i}`).join('\n'));
    await terminal.until('const v199 = 199');
    terminal.keys('Enter');
    await terminal.until('In [2]:');
    terminal.keys('v0 + v199', 'Enter');
    await terminal.until('Out[2]: 199');
  });

  test('10,000 lines are folded, and typing goes on meanwhile', async () => {
    const terminal = start();
    await terminal.until('In [1]:');
    terminal.keys(
      'for (let i = 0; i < 10_000; i++) { console.log("line", i); if (i % 100 === 0) await new Promise((r) => setTimeout(r, 5)) }',
      'Enter',
    );
    await terminal.until('Ctrl-O opens all');
    terminal.keys('1 + 1');
    await terminal.until('In [2]: 1 + 1');
    terminal.keys('Enter');
    const screen = await terminal.until('Out[2]: 2');
    expect(screen).toContain('... 9,965 lines more (Ctrl-O opens all)\nline 9995\n');
    expect(screen).not.toContain('line 5000');
  });

  test('follows the size of the window, down to 60 columns and 15 rows', async () => {
    const terminal = start({ columns: 120, rows: 40 });
    await terminal.until('In [1]:');
    terminal.keys('console.table([{a: "日本語", b: 1}]); "x".repeat(50)', 'Enter');
    await terminal.until('Out[1]');
    terminal.resize(60, 15);
    terminal.keys('Math.', 'Tab');
    await terminal.until(/>E +property/);
    const rows = terminal.screen().split('\n');
    expect(rows.length).toBeLessThanOrEqual(15);
    terminal.keys('C-c', '%lsmagic', 'Enter');
    await terminal.until('%train');
    for (const row of terminal.screen().split('\n')) expect([...row].length).toBeLessThanOrEqual(60);
  });

  test('the history is kept, found by its begin and by search', async () => {
    const first = start();
    await first.until('In [1]:');
    first.keys('const alpha = 1', 'Enter');
    await first.until('In [2]:');
    first.keys('alpha + 10', 'Enter');
    await first.until(/Out\[2\]: 11\n(?:[\d.]+ s\n)?\nIn \[3\]:/);
    first.keys('C-d');
    await first.until('exit 0');
    const second = start({ cwd: first.cwd });
    await second.until('In [1]:');
    second.keys('con', 'Up');
    await second.until('In [1]: const alpha = 1');
    second.keys('C-c', 'C-r', '+ 1');
    await second.until('(search) + 1: alpha + 10');
    second.keys('Enter');
    await second.until('In [1]: alpha + 10');
  });

  test("runs the first steps' cells, shows the plot, and saves the session as a notebook", {
    timeout: 240_000,
  }, async () => {
    const terminal = start({ columns: 110, rows: 45 });
    const folder = new URL('../../notebooks/', import.meta.url).pathname;
    copyFileSync(join(folder, '01-first-steps.ipynb'), join(terminal.cwd, 'first.ipynb'));
    terminal.close();
    const replay = start({ columns: 110, rows: 45, cwd: terminal.cwd, args: ['first.ipynb', '--replay'] });
    const screen = await replay.until(/Accuracy against latency on local[\s\S]*Latency p50 \(ms\)/, 200);
    expect(screen).toMatch(/[⠁-⣿]/);
    await replay.until(/In \[\d+\]:$/, 60);
    expect(replay.screen({ history: true, colors: true })).toContain('\u001b[38;2;47;126;188m');
    replay.keys('%save done.ipynb', 'Enter');
    await replay.until(/Saved .*done\.ipynb: \d+ cells/);
    const saved = JSON.parse(readFileSync(join(terminal.cwd, 'done.ipynb'), 'utf8')) as Notebook;
    expect(saved.cells.some((cell) => cell.cell_type === 'code' && cell.outputs.length > 0)).toBe(true);
    expect(existsSync(join(terminal.cwd, '.edgebook'))).toBe(true);
    replay.keys('%compare ', 'C-v');
    await replay.until('Variants (');
    replay.keys('Enter');
    await replay.until(/In \[\d+\]: %compare \w+/);
  });

  test('NO_COLOR has no colours, TERM=dumb and --plain draw nothing over', async () => {
    const uncolored = start({ env: { NO_COLOR: '1' } });
    await uncolored.until('In [1]:');
    uncolored.keys('const a = "x"; a', 'Enter');
    await uncolored.until("Out[1]: 'x'");
    expect(uncolored.screen({ colors: true })).not.toContain('\u001b[3');
    const plain = start({ args: ['--plain'] });
    await plain.until('In [1]:');
    plain.keys('6 * 7', 'Enter');
    await plain.until(/^42$/m);
  });
});
