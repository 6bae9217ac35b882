import { afterAll, expect, test, vi } from 'vitest';
import type { watchMemory } from '../../../kernel/engine/watch-memory.ts';
import { TestSession } from '../cells.ts';

type OnFull = Parameters<typeof watchMemory>[1];
const watches: OnFull[] = [];
vi.mock(import('../../../kernel/engine/watch-memory.ts'), () => ({
  watchMemory: (_pid: number, onFull: OnFull) => {
    watches.push(onFull);
    return () => {};
  },
}));

const session = new TestSession();
afterAll(() => session.session.close());
const full = 'The runtime process was stopped before the memory was full: it held 900 MB';

test('a cell that fills the memory ends, and says how much it held', async () => {
  const running = session.run('for (;;) {}');
  await expect.poll(() => watches.length).toBe(1);
  watches[0]!('it held 900 MB');
  const { error } = await running;
  expect(error).toMatchObject({ ename: 'RuntimeDied', evalue: expect.stringContaining(full) });
});

test('what fills it between two cells is told by the next', async () => {
  await session.run('let kept = 1');
  watches.at(-1)!('it held 900 MB');
  await expect.poll(async () => JSON.stringify((await session.run('1')).outputs)).toContain(full);
});
