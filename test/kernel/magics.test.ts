import { afterAll, expect, test } from 'vitest';
import type { Output } from '../../kernel/output.ts';
import { TestSession } from './cells.ts';

const session = new TestSession();
afterAll(() => session.session.close());

const texts = (outputs: readonly Output[]) =>
  outputs.map((output) => ('data' in output ? `${output.type} ${output.data['text/plain']}` : output.type));

test('a bare magic shows its result wherever it stands, an assigned one does not', async () => {
  const { outputs } = await session.run('%echo a\nconst q = %echo b --times 2\n%echo c\nq.length');
  expect(texts(outputs)).toEqual(["display 'a x1'", "display 'c x1'", 'result 4']);
});

test('a magic that binds declares its variable, and sees the old value', async () => {
  expect(texts((await session.run('%make fresh')).outputs)).toEqual(["display 'fresh was undefined'"]);
  expect(await session.value('fresh')).toBe("'fresh was undefined'");
  await session.run('fresh = 5\n%make fresh');
  expect(await session.value('fresh')).toBe("'fresh was 5'");
});

test('a magic of the whole cell gets the rest as it is', async () => {
  expect(texts((await session.run('%%echo a\nx\n  y')).outputs)).toEqual(["display 'a x1 <x\\n  y>'"]);
});

test('variables are those that cells declared and that have a value', async () => {
  const { outputs } = await new TestSession().run(
    'const one = 1; function two() {}; class Three {}; let none\n%names',
  );
  expect(texts(outputs)).toEqual(["display 'one,two,Three'"]);
});

test('a cell has progress bars of its own', async () => {
  const { outputs } = await session.run(
    "const bar = display.progress('count'); for (let i = 1; i <= 500; i++) bar.update({ done: i, total: 500 }); bar.done('counted')",
  );
  const frames = outputs.filter((output) => output.type === 'display' || output.type === 'update');
  expect(frames.length).toBeGreaterThanOrEqual(2);
  expect(JSON.stringify(frames.at(-1))).toContain('500/500 · counted');
});

test('a magic that fails ends its bar where it is', async () => {
  const { outputs, error } = await session.run('%fail halfway');
  expect(error?.ename).toBe('ModelError');
  const frames = outputs.filter((output) => output.type === 'display' || output.type === 'update');
  expect(texts(frames.slice(-1))[0]).toMatch(
    /^update half \[#{12}\.{12}\] 1\/2 · loss 1 · failed · [^,]* s$/,
  );
});

test('a progress bar updates in place, seldom, and always shows its last frame', async () => {
  const { outputs } = await session.run('%count');
  expect(outputs[0]!.type).toBe('display');
  expect(outputs.length).toBeLessThan(20);
  const last = outputs.at(-1)!;
  expect(last).toMatchObject({ type: 'update', displayId: (outputs[0] as { displayId: string }).displayId });
  expect(texts([last])[0]).toMatch(/^update count \[#{24}\] 1000\/1000 · at 1000 · /);
  expect(JSON.stringify(last)).toContain('width:100.0%');
});
