import { expect, test } from 'vitest';
import { TypedCells } from './cells.ts';

test('tslab: what cells may use is known, and the language of the kernel', async () => {
  const own = new TypedCells();
  for (const code of [
    '!echo hi',
    'const f = !ls\nf[0].length; f.exitCode.toFixed()',
    '%who?',
    "const answer = prompt('?'); answer.length; confirm('?'); display(1).update(2); display.html('<b>b</b>')",
    "const w = widget({ state: { n: 1 } }); w.get('n').toFixed(); liveCurve('loss'); comms",
    "import 'edgebook'",
    "import { Tensor } from 'edgebook'; let t: Tensor; t = new Tensor(1)",
    "import type { Node } from 'edgebook'; import { bench, Report as R } from 'edgebook'; bench; new R(1)",
    '%train cnn\ncnn.name',
    '%%time\nconst timed = { er: 1 }',
    'timed.er.toFixed()',
    'const t2 = %timeit timed.er',
    't2.best.toFixed(); f.text',
    'let cn = 1',
    'let cn = cn + 1',
    'let cn = cn.toFixed() + cn',
    'cn.length; t2.average; display(f)',
  ])
    expect(await own.run(code, 'tslab'), code).toEqual([]);
  expect(await own.run('liveCurve(5); timed.nope; cn.nope', 'tslab')).toEqual([
    "1:11 Argument of type 'number' is not assignable to parameter of type 'string'.",
    "1:21 Property 'nope' does not exist on type '{ er: number; }'.",
    "1:30 Property 'nope' does not exist on type 'string'.",
  ]);
  expect(await own.run('tslabNot', 'tslab')).toEqual(["1:1 Cannot find name 'tslabNot'."]);
});

test('a value keeps the type that its cell gave it, however often the name of the type is declared anew', async () => {
  const own = new TypedCells();
  await own.run('class Kept { first = 1 }');
  await own.run('const kept = new Kept()');
  for (let i = 0; i < 210; i++) await own.run(`class Kept { later${i} = 2 }`, 'off');
  expect(own.matches('kept.|')).toEqual(['first']);
  expect(own.matches('new Kept().|')).toEqual(['later209']);
});
