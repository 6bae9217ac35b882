import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestSession } from '../cells.ts';
import { notebookFolder } from '../notebook-folder.ts';
import { endlessPrograms, hasBegun, helpers } from './endless-programs.ts';

const session = new TestSession();
const { session: kernel } = session;
beforeAll(() => session.run(helpers));
afterAll(() => kernel.close());

/** Starts a cell as a subshell does; `begun` resolves when it may be interrupted. */
function start(code: string, beside: boolean, on = kernel) {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const printed: string[] = [];
  const end = on.execute(`console.log('begun');\n${code}`, {
    beside,
    onOutput: (output) => {
      if (output.type === 'stream') printed.push(output.text);
      if (hasBegun(code, printed.join(''))) resolve();
    },
  });
  return { begun, printed, end: end.then(({ error }) => error?.ename) };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test.each(endlessPrograms)(
  '%s beside a main cell that waits: both stop, variables stay',
  async (_what, code) => {
    const main = start('await new Promise(() => {})', false);
    await main.begun;
    const other = start(code, true);
    await other.begun;
    await pause(20);
    kernel.interrupt();
    expect(await Promise.all([main.end, other.end])).toEqual(['Interrupted', 'Interrupted']);
    expect(await session.value('await sleep(1); setImmediate(() => {}); kept')).toBe('42');
    expect(await session.printed("console.log('still heard')")).toContain('still heard');
    expect(other.printed.join('')).not.toContain('still heard');
  },
);

test('a main cell that loops, and those that wait for their turn', async () => {
  const main = start('for (;;) {}', false);
  await main.begun;
  const others = [start('await sleep(1e6)', true), start('for (;;) await 0', true)];
  await pause(20);
  kernel.interrupt();
  expect(await Promise.all([main, ...others].map(({ end }) => end))).toEqual(Array(3).fill('Interrupted'));
  expect(await session.value('kept')).toBe('42');
});

test('each has its own signal; one that heeds it ends by itself', async () => {
  const heed = start('await sleep(1e6)', true);
  await heed.begun;
  const work = session.session.execute('%work', { beside: true, onOutput: () => {} });
  await pause(300);
  kernel.interrupt();
  expect(await heed.end).toBe('Interrupted');
  expect((await work).error).toBeUndefined();
});

test('a cell that was sent while an interrupt goes on, and is then interrupted, stops', async () => {
  const looping = start('for (;;) {}', false);
  await looping.begun;
  kernel.interrupt();
  const late = start('await sleep(1e6)', true);
  await pause(5);
  kernel.interrupt();
  expect(await Promise.all([looping.end, late.end])).toEqual(['Interrupted', 'Interrupted']);
});

test('an interrupt reaches a loop while another cell is being prepared, and keeps the variables', async () => {
  const magics = join(notebookFolder(), 'slow-magics.mjs');
  writeFileSync(
    magics,
    'await new Promise((resolve) => setTimeout(resolve, 300)); export const magics = [];',
  );
  const slow = new TestSession({ magicsUrl: pathToFileURL(magics).href });
  await slow.run(helpers);
  const main = start('await sleep(100); for (;;) {}', false, slow.session);
  await main.begun;
  const other = slow.session.execute('%none', { beside: true, onOutput: () => {} });
  await pause(250);
  slow.session.interrupt();
  expect(await main.end).toBe('Interrupted');
  expect((await other).error).toBeDefined();
  expect(await slow.value('kept')).toBe('42');
  await slow.session.close();
});

test('interrupts at any moment leave no cell behind', async () => {
  for (let i = 0; i < 30; i++) {
    const cells = [
      start(`const end = Date.now() + ${i * 3}; while (Date.now() < end) {} await sleep(1e6)`, false),
      start('for (;;) await sleep(0)', true),
      start(`const stop = Date.now() + ${i * 2}; while (Date.now() < stop) {} for (;;) {}`, true),
    ];
    await pause(i);
    kernel.interrupt();
    // A session interrupts what has begun; the main cell may still wait for its turn.
    const again = setInterval(() => kernel.interrupt(), 300);
    const ends = await Promise.all(cells.map(({ end }) => end));
    clearInterval(again);
    expect(ends).toEqual(Array(3).fill('Interrupted'));
    expect(await session.value('kept')).toBe('42');
  }
}, 60_000);
