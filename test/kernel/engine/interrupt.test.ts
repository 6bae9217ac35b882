import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestSession } from '../cells.ts';
import { notebookFolder } from '../notebook-folder.ts';
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

test('a loop that waits between its turns is over when it is interrupted, and so is what it has set going', async () => {
  await session.run('let turns = 0; let ticks = 0; let earlier = 0; setInterval(() => earlier++, 5).unref()');
  expect(await interrupted('setInterval(() => ticks++, 5); for (;;) { turns++; await sleep(5) }')).toBe(
    'Interrupted',
  );
  const [first, second] = [
    await session.value(
      'const seen = [turns, ticks]; const before = earlier; await sleep(100); String(seen)',
    ),
    await session.value('String([turns, ticks])'),
  ];
  expect(second).toBe(first);
  expect(await session.value('earlier > before')).toBe('true');
});

test('timers outlive a cell that ends by itself', async () => {
  await session.run(
    'let fired = 0; setTimeout(() => fired++, 30); const id = setTimeout(() => (fired += 10), 20); clearTimeout(id)',
  );
  expect(await session.value('await sleep(80); fired')).toBe('1');
  expect(
    await session.value(
      "setTimeout.name + typeof setTimeout(() => {}, 1).ref + (await require('util').promisify(setTimeout)(1, 'p'))",
    ),
  ).toBe("'setTimeoutfunctionp'");
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
  const deaf = 'process.on("SIGINT", () => {}); for (;;) {}';
  const pipe = `${notebookFolder()}/pipe`;
  expect(
    await interrupted(
      `require('node:child_process').execSync('mkfifo ${pipe}'); require('node:fs').readFileSync('${pipe}'); ${deaf}`,
    ),
  ).toBe('RuntimeDied');
  expect(await session.value('2')).toBe('2');
}, 15_000);

test.each([
  ['a command', "require('node:child_process').execSync('sleep 20')"],
  ['a command that ignores Control-C', `require('node:child_process').execSync("trap '' INT; sleep 20")`],
])('a cell that waits for %s keeps its variables', async (_what, code) => {
  await session.run('let kept = 42');
  expect(await interrupted(code)).toBe('Interrupted');
  expect(await session.value('kept')).toBe('42');
});

test('a process that an earlier cell has started is left alone', async () => {
  await session.run(helpers);
  await session.run("const server = require('node:child_process').spawn('sleep', ['60'])");
  expect(await session.value('await sleep(200); server.exitCode')).toBe('null');
  expect(await interrupted(`require('node:child_process').execSync("trap '' INT TERM; sleep 20")`)).toBe(
    'Interrupted',
  );
  expect(await session.value('await sleep(50); [kept, server.exitCode, server.signalCode]')).toBe(
    '[ 42, null, null ]',
  );
  await session.run('server.kill()');
});

test.each(['%timeit for (;;) {}', '%timeit await new Promise(() => {})', '%time for (;;) {}'])(
  '%s stops at once',
  async (code) => {
    const own = new TestSession({ magicsUrl: undefined });
    await own.run('let kept = 42;\n%time 1');
    const abort = new AbortController();
    const running = own.run(code, { signal: abort.signal });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    abort.abort();
    expect((await running).error?.ename).toBe('Interrupted');
    expect(performance.now() - began).toBeLessThan(900);
    expect(await own.value('kept')).toBe('42');
    await own.session.close();
  },
);

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
