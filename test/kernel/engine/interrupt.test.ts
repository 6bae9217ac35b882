import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestSession } from '../cells.ts';
import { endlessPrograms, hasBegun, helpers } from './endless-programs.ts';

const session = new TestSession();
beforeAll(() => session.run(helpers));
afterAll(() => session.session.close());

/** Prints when it begins; the interrupt comes right after. */
async function interrupted(code: string) {
  const abort = new AbortController();
  let printed = '';
  const result = await session.session.execute(`console.log('begun');\n${code}`, {
    signal: abort.signal,
    onOutput: (output) => {
      if (output.type === 'stream') printed += output.text;
      if (hasBegun(code, printed)) setTimeout(() => abort.abort(), 20);
    },
  });
  return result.error?.ename;
}

test.each(endlessPrograms)('%s stops, variables stay', async (_what, code) => {
  expect(await interrupted(code)).toBe('Interrupted');
  expect(await session.value('await sleep(1); setImmediate(() => {}); kept')).toBe('42');
  expect(await session.printed("console.log('still heard')")).toContain('still heard');
});

test('a magic that heeds its signal ends by itself', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 300);
  const { outputs, error } = await session.run('%work', { signal: abort.signal });
  expect(error).toBeUndefined();
  expect(JSON.stringify(outputs.at(-1))).toContain('came to an end');
});

test('a child that ends costs the cell, not the session; what it printed is kept', async () => {
  const { error, outputs } = await session.run("console.log('last words'); process.exit(3)");
  expect(error).toMatchObject({ ename: 'RuntimeDied', evalue: expect.stringContaining('exit code 3') });
  expect(outputs[0]).toMatchObject({ text: 'last words\n' });
  expect(await session.value('typeof kept')).toBe("'undefined'");
});

test('a child that crashes costs the cell', async () => {
  const { error } = await session.run("process.kill(process.pid, 'SIGSEGV'); for (;;) {}");
  expect(error).toMatchObject({ ename: 'RuntimeDied', evalue: expect.stringContaining('SIGSEGV') });
  expect(await session.value('1')).toBe('1');
});

test('a child that cannot be interrupted is killed', async () => {
  expect(await interrupted("require('node:child_process').execSync('sleep 20')")).toBe('RuntimeDied');
  expect(await session.value('2')).toBe('2');
}, 15_000);

test('an interrupt does not outlive its cell: those that wait behind it run on', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 100);
  const looping = session.run('for (;;) {}', { signal: abort.signal });
  const after = session.run('await new Promise((r) => setTimeout(r, 2500)); 3');
  expect((await looping).error?.ename).toBe('Interrupted');
  expect((await after).error).toBeUndefined();
});

test('a signal that is aborted before the cell begins stops it', async () => {
  const { error } = await session.run('for (;;) {}', { signal: AbortSignal.abort() });
  expect(error?.ename).toBe('Interrupted');
});

test('restart begins anew', async () => {
  await session.run('let before = 1');
  await session.session.restart();
  expect(session.session.executionCount).toBe(0);
  expect(await session.value('typeof before')).toBe("'undefined'");
});

test('a cell left waiting by an interrupt does no harm when its promise is collected', async () => {
  const fresh = new TestSession();
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 300);
  await fresh.run('await new Promise(() => {})', { signal: abort.signal });
  await fresh.run("throw new Error('releases what it threw')");
  const { error } = await fresh.run(
    'const a = []; for (let i = 0; i < 1e6; i++) a.push({ i }); await 0; new Array(3e5).fill(0).map((_, i) => ({ i })).length',
  );
  expect(error).toBeUndefined();
  await fresh.session.close();
});
