import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Ledger } from '../../../src/ledger/index.ts';
import { readModel, writeModel } from '../../../src/onnx/index.ts';
import { architecture } from '../../../src/zoo/index.ts';
import { folder, TypedCells } from './cells.ts';

const session = new TypedCells();

afterAll(() => void vi.unstubAllEnvs());

beforeAll(async () => {
  vi.stubEnv('EDGEBOOK_TEST_VARIABLE', '1');
  const features = join(folder, 'node_modules', 'patterned', 'lib');
  mkdirSync(features, { recursive: true });
  for (const name of ['one.js', 'two.js', 'notes.md']) writeFileSync(join(features, name), '');
  const exports = { './features/*': { import: './lib/*.js' } };
  writeFileSync(join(features, '..', 'package.json'), JSON.stringify({ name: 'patterned', exports }));
  const ledger = await Ledger.open(join(folder, '.edgebook'), { readModel, writeModel });
  const model = architecture('mlp', { sample: [1, 28, 28], classes: 10, seed: 0 });
  await ledger.add({ name: 'kept', model, step: 'define' });
  const devices = [{ name: 'jetson', url: 'ssh://edge@jetson' }];
  writeFileSync(join(folder, '.edgebook', 'devices.json'), JSON.stringify({ version: 1, devices }));
  await session.run(
    '%train cnn\n%data mnist\nconst size = 5\n/** Doubles. */\nconst twice = (x: number) => 2 * x',
  );
});

test('members, with kinds and signatures, where the word begins', () => {
  const { start, end, matches } = session.complete('const a = 1;\nsize.toF|');
  expect([start, end]).toEqual([18, 21]);
  expect(matches).toEqual([
    { text: 'toFixed', type: 'method', signature: '(fractionDigits?: number): string' },
  ]);
});

test('variables of earlier cells, globals and keywords', () => {
  expect(session.matches('tw|')).toContain('twice');
  expect(session.matches('|')).toEqual(
    expect.arrayContaining(['size', 'twice', 'cnn', 'display', 'console']),
  );
  expect(session.matches('aw|')).toContain('await');
  expect(session.matches('si|')[0]).toBe('size');
  expect(session.matches('__edgebook|')).toEqual([]);
});

test('the result of a magic has its members, in the same cell and later', () => {
  expect(session.matches('const r = %bench cnn --runs 5\nr.|')).toEqual(
    expect.arrayContaining(['rows', 'title', 'toText']),
  );
  expect(session.matches('cnn.acc|\n%bench cnn')).toEqual([]);
  expect(session.matches('const o = { cnn };\no.cnn.na|')).toEqual(['name']);
  expect(session.matches('%bench cnn\nmnist.classN|')).toEqual(['classNames']);
});

test.each([
  ['%tr|', ['train']],
  ['const q = %quant|', ['quantize']],
  ['1 + 1\n%ben|', ['bench']],
  ['%train cnn --ep|', ['--epochs']],
  ['%train cnn --epochs 1 --ep|', []],
  ['%train cnn --optimizer |', ['adam', 'adamw', 'sgd', 'nesterov']],
  ['%train cnn --optimizer=s|', ['sgd']],
  ['%train cnn --epochs |', []],
  ['%train cnn --data m|', ['mnist']],
  ['%bench c|', ['cnn']],
  ['%bench cnn k|', ['kept']],
  ['%plot par|', ['pareto']],
  ['%plot pareto cn|', ['cnn']],
  ['%load da|', ['data.json']],
  ['%load ./node_modules/wa|', ['waits/']],
  ['%save cnn hel|', ['helper.ts']],
  ['%help tra|', ['train']],
  ['%types str|', ['strict']],
  ["import { double } from './hel|'", ['helper.ts']],
  ["import late from 'wai|'", ['waits']],
  ["import { readFileSync } from 'node:fs';\nreadFileSync('./da|')", ['data.json']],
  ['const s = "a 5 % b|"', []],
  ['%run hel|', ['helper.ts']],
  ['%%writefile hel|', ['helper.ts']],
  ['%history -f hel|', ['helper.ts']],
  ['%cd node_m|', ['node_modules/']],
  ['%cd hel|', []],
  ['%env EDGEBOOK_TEST_V|', ['EDGEBOOK_TEST_VARIABLE']],
  ['%install exp|', ['exported']],
  ['%reset tw|', ['twice']],
  ['%help %tra|', ['train']],
  ['%%on j|', ['jetson']],
  ['%%on jetson,lo|', ['local']],
  ['%push size --to |', ['jetson', 'local', 'all']],
  ['%push size,tw|', ['twice']],
  ['%pull y --from je|', ['jetson']],
  ['%detach |', ['jetson', 'local', '--clean']],
  ['%prune cnn --on l|', ['local']],
  ['%timeit -|', ['--loops', '--repeat']],
  ['%timeit -n |', []],
  ['%time size.toF|', ['toFixed']],
  ['%time size.toF|\n1', ['toFixed']],
  ['const t = %time size.toF|', ['toFixed']],
  ['%timeit -n 5 size.toF|', ['toFixed']],
  ['%%time size.toF|\nsize', ['toFixed']],
  ['%%time\nconst o = { beta: 1 };\no.be|', ['beta']],
  ['%%timeit\nsize.toF|', ['toFixed']],
  ['%%time\n%bench c|', ['cnn']],
  ['%%time\n%bench cnn\n%ben|', ['bench']],
  ['!ls node_modules/exp|', ['exported/']],
  ['!cat hel|', ['helper.ts']],
  ['const lines = !cat < hel|', ['helper.ts']],
  ['!echo {size.toF|}', ['toFixed']],
  ['!echo {twice(size).toF|', ['toFixed']],
  ['const lines = !echo a {size} {size.toF|} b', ['toFixed']],
  ['!echo $siz|', ['size']],
  ["import x from 'exp|'", ['exported']],
  ["import x from 'exported/|'", ['exported/sub']],
  ["await import('old/|')", ['old/index.js', 'old/package.json']],
  ["import 'patterned/features/|'", ['patterned/features/one', 'patterned/features/two']],
  ["const s = 'exp|'", []],
])('%s', (marked, expected) => {
  expect(session.matches(marked)).toEqual(expected);
});

test('what the kernel itself calls is not offered', () => {
  expect(session.matches('|').filter((name) => name.startsWith('$'))).toEqual([]);
  expect(session.matches('$ma|')).toEqual([]);
});

test('a path in a command is replaced from its last part on, blanks escaped', () => {
  writeFileSync(join(folder, 'two words.txt'), '');
  expect(session.complete('!cat ./two\\ w|')).toMatchObject({
    start: 7,
    end: 13,
    matches: [{ text: 'two\\ words.txt' }],
  });
  expect(session.complete("!cat 'two w|'")).toMatchObject({ matches: [] });
});

test('an argument that may begin anew is offered with the flags', () => {
  expect(session.matches('%bench |')).toEqual(expect.arrayContaining(['cnn', 'kept', '--data', '--runs']));
  expect(session.matches('%bench |')).not.toContain('size');
});
