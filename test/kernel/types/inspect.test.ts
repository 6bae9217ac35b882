import { beforeAll, expect, test } from 'vitest';
import { TypedCells } from './cells.ts';

const session = new TypedCells();

const documented = `/**
 * Adds two numbers.
 * @param a the first
 * @param b the second
 * @returns their sum
 * @example
 * add(1, 2)
 */
const add = (a: number, b: number) => a + b;`;

beforeAll(async () => {
  await session.run(documented);
  await session.run('%train cnn\nlet size = 5');
});

test('signature and documentation, as Markdown and as text', () => {
  const found = session.inspect('ad|d(1, 2)');
  expect(found!.markdown).toBe(
    '```typescript\nadd(a: number, b: number): number\n```\n\nAdds two numbers.\n\n' +
      '**param** `a` the first\n\n**param** `b` the second\n\n**returns** their sum\n\n' +
      '**example**\n\n```typescript\nadd(1, 2)\n```',
  );
  expect(found!.text).toContain(
    'add(a: number, b: number): number\n\nAdds two numbers.\n\n@param a the first',
  );
});

test('more detail shows the source', () => {
  expect(session.inspect('add|', { detail: true })!.text).toContain(`Source:\n${documented}`);
  expect(session.inspect('add|')!.text).not.toContain('a + b');
});

test('behind a name, and inside a call', () => {
  expect(session.inspect('size|')!.text).toBe('let size: number');
  expect(session.inspect('add(1, |')!.text).toContain('add(a: number, b: number): number');
  expect(session.inspect('[1].ma|p(x => x)')!.text).toContain('Calls a defined callback function');
});

test('a magic is explained by its record, a flag and a variable by themselves', () => {
  const found = session.inspect('const x = 1;\n%tra|in cnn --epochs 2')!;
  expect(found.text).toContain('%train MODEL');
  expect(found.text).toMatch(/--epochs NUMBER +passes over the training split \(default: 1\)/);
  expect(found.markdown).toContain('**Examples**');
  expect(session.inspect('%train cnn --epo|chs 2')!.text).toBe(
    '--epochs NUMBER\n\npasses over the training split (default: 1)',
  );
  expect(session.inspect('%bench cn|n')!.text).toBe('let cnn: Variant');
  expect(session.inspect('const q = %quantize cnn\nq|')!.text).toBe('const q: Variant');
});

test.each([
  '%time si|ze',
  'const t = %time si|ze.toFixed()',
  '%timeit -n 5 si|ze',
  '%%time\nsi|ze',
  '%%timeit si|ze\n1',
  '!echo {si|ze} a',
  'const lines = !echo {1} {si|ze}',
  'let size = si|ze + 1',
])('code in what is no TypeScript is explained: %s', (marked) => {
  expect(session.inspect(marked)?.text).toBe('let size: number');
});

test('the name of a magic that takes code is explained by its record', () => {
  expect(session.inspect('%ti|me size')?.text).toContain('%time [CODE]');
  expect(session.inspect('%timeit --lo|ops 5 size')?.text).toContain('--loops NUMBER');
});

test.each(['nowhere|', '|', '5 |', '// wor|d', '"str|ing"'])('nothing is known of %s', (marked) => {
  expect(session.inspect(marked)).toBeUndefined();
});
