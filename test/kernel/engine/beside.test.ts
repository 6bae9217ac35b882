import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExecuteOptions } from '../../../kernel/execute-options.ts';
import type { Output } from '../../../kernel/output.ts';
import { TestSession } from '../cells.ts';

const session = new TestSession();
const { session: kernel } = session;
beforeAll(() => session.run('const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms))'));
afterAll(() => kernel.close());

/** Runs a cell as a subshell does. */
async function beside(code: string, options: Partial<ExecuteOptions> = {}) {
  const outputs: Output[] = [];
  const result = await kernel.execute(code, {
    beside: true,
    onOutput: (output) => outputs.push(output),
    ...options,
  });
  return { ...result, outputs };
}

/** What a cell has shown, in short. */
const shown = (outputs: readonly Output[]) =>
  outputs.map((output) => {
    if (output.type === 'stream') return output.text;
    return 'data' in output ? String(output.data['text/plain']) : output.type;
  });
const text = (outputs: readonly Output[]) => shown(outputs).join('');

test('what cells print and show in turn, also by timers, ticks and immediates, is each its own', async () => {
  const code = (name: string) => `for (let i = 0; i < 3; i++) {
      console.log('${name}', i); await sleep(3);
      setTimeout(() => console.log('${name} timer')); setImmediate(() => process.stdout.write('${name} immediate\\n'));
      process.nextTick(() => console.error('${name} tick')); queueMicrotask(() => display('${name} task'));
      await Promise.all([sleep(1), sleep(2)]);
    }
    await sleep(20); '${name} value'`;
  const runs = await Promise.all([session.run(code('main')), beside(code('first')), beside(code('second'))]);
  for (const [i, name] of ['main', 'first', 'second'].entries()) {
    const all = text(runs[i]!.outputs);
    for (const what of ['0', '1', '2', 'timer', 'immediate', 'tick', 'task', "value'"])
      expect(all).toContain(`${name} ${what}`);
    const others = ['main', 'first', 'second'].filter((other) => other !== name);
    for (const other of others) expect(all).not.toContain(other);
  }
});

test('what a cell shows after its end goes to it, also while others run', async () => {
  const first = await beside("setTimeout(() => console.log('late'), 30); 1");
  const main = await session.run('await sleep(80); 2');
  expect(shown(main.outputs)).toEqual(['2']);
  await expect.poll(() => text(first.outputs)).toBe('1late\n');
});

test('the count is shared, variables too; each begins with its number', async () => {
  await session.run('let shared = 1');
  const counts: number[] = [];
  const before = kernel.executionCount;
  const onBegin = (count: number) => counts.push(count);
  await Promise.all([
    session.run('await sleep(20); shared'),
    beside('await sleep(5); shared++', { onBegin }),
    beside('await sleep(10); shared++', { onBegin }),
  ]);
  expect(counts.toSorted()).toEqual([before + 1, before + 2]);
  expect(kernel.executionCount).toBe(before + 3);
  expect(await session.value('shared')).toBe('3');
});

test('values, errors and expressions do not mix', async () => {
  const value = (n: number) => `await sleep(${n % 3}); ${n}`;
  const runs = await Promise.all([
    ...Array.from({ length: 20 }, (_, n) => beside(value(n))),
    beside("await sleep(2); throw new RangeError('mine')"),
  ]);
  const failed = runs.pop()!;
  expect(failed.error).toMatchObject({ ename: 'RangeError', evalue: 'mine' });
  expect(runs.map(({ outputs }) => text(outputs))).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
  const asked = await Promise.all(
    [1, 2].map((n) => beside('await sleep(1)', { expressions: { x: `await sleep(3 - ${n}), ${n}` } })),
  );
  expect(asked.map(({ expressions }) => JSON.stringify(expressions.x))).toEqual([
    expect.stringContaining('"1"'),
    expect.stringContaining('"2"'),
  ]);
});

test('a cell disposes of what it holds, and not of what others hold', async () => {
  const code = (name: string, ms: number) =>
    `using held = { [Symbol.dispose]() { console.log('${name} freed') } }; await sleep(${ms}); console.log('${name} ends')`;
  const [main, quick] = await Promise.all([session.run(code('main', 40)), beside(code('quick', 5))]);
  expect(text(quick.outputs)).toBe('quick ends\nquick freed\n');
  expect(text(main.outputs)).toBe('main ends\nmain freed\n');
});

test('a value that takes long to show itself holds up no other cell', async () => {
  const slow = session.run(
    "display({ [Symbol.for('Jupyter.display')]: () => sleep(300).then(() => ({ 'text/plain': 'slow' })) })",
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  const quick = await beside('display(1); 2');
  expect(shown(quick.outputs)).toEqual(['1', '2']);
  expect(shown((await slow).outputs)).toEqual(['slow']);
});

test('questions go to the front end of the cell that asks', async () => {
  const answer = (given: string) => ({ onInput: async () => given });
  const ask = "await sleep(2); [await display.input('?'), prompt('!')].join()";
  const [one, two, none] = await Promise.all([
    beside(ask, answer('one')),
    beside(ask, answer('two')),
    beside(ask),
  ]);
  expect([text(one.outputs), text(two.outputs)]).toEqual(["'one,one'", "'two,two'"]);
  expect(none.error?.evalue).toContain('takes no input');
});

test('native output goes to the main cell, without one to the newest', async () => {
  const print = (name: string) => `require('node:fs').writeSync(1, '${name}\\n'); await sleep(60)`;
  const quiet = 'await sleep(100)';
  const [main, native] = await Promise.all([session.run(quiet), beside(print('native'))]);
  expect([text(main.outputs), text(native.outputs)]).toEqual(['native\n', '']);
  const [old, newest] = await Promise.all([beside(quiet), beside(print('alone'))]);
  expect([text(old.outputs), text(newest.outputs)]).toEqual(['', 'alone\n']);
});

test('the death of the process ends all cells', async () => {
  const [main, one, two] = await Promise.all([
    session.run('await sleep(1e6)'),
    beside('await sleep(1e6)'),
    beside('await sleep(30); process.exit(3)'),
  ]);
  for (const { error } of [main, one, two])
    expect(error).toMatchObject({ ename: 'RuntimeDied', evalue: expect.stringContaining('exit code 3') });
  await session.run('const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms))');
});

test('a restart ends them too', async () => {
  const running = [session.run('await sleep(1e6)'), beside('await sleep(1e6)')];
  await kernel.restart();
  for (const { error } of await Promise.all(running))
    expect(error).toMatchObject({ ename: 'RuntimeDied', evalue: expect.stringContaining('restarted') });
  expect(await session.value('1')).toBe('1');
});
