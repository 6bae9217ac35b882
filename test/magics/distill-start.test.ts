import { beforeAll, expect, test } from 'vitest';
import { recipeSteps } from '../../magics/recipe-steps.ts';
import type { Variant } from '../../src/ledger/index.ts';
import { modelCost } from '../../src/ops/index.ts';
import { pruneChannels } from '../../src/prune/index.ts';
import { recipeOf, replay } from '../../src/recipe/index.ts';
import { stripes } from '../src/train/stripes.ts';
import { type MagicSession, magicSession } from './session.ts';

const data = stripes({ count: 128, side: 8 });
const unlabelled = data.with({
  name: 'bare',
  splits: { train: { images: data.images('train') } },
  classNames: [],
});
let session: MagicSession;
let teacher: Variant;
const run = async (line: string) => (await session.run(line)) as Variant;
const again = (variant: Variant, source: Variant, models: Uint8Array[] = []) =>
  replay(recipeOf(variant, recipeSteps), source.content(), {
    ...{ steps: recipeSteps, openData: async () => data, models },
  });
const weightsOf = ({ model }: Variant): number[][] =>
  [...model.graph.initializers.values()].flatMap(({ tensor }) =>
    tensor?.dtype === 'float32' && tensor.shape.length > 1 ? [[...(tensor.data as Float32Array)]] : [],
  );

beforeAll(async () => {
  session = await magicSession();
  session.variables.set('stripes', data);
  session.variables.set('bare', unlabelled);
  teacher = await run('%train mobile --data stripes --batch 32 --epochs 2');
});

test('--from-pruned distils the teacher into what pruneChannels leaves of it, and replays', async () => {
  const student = await run('%distill mobile --from-pruned --macs 0.5 --batch 32 --baseline');
  expect(student.name).toBe('mobile_student');
  expect(student.lineage().map(({ name, step }) => [name, step])).toEqual([
    ['mobile', 'train'],
    ['mobile_student_start', 'prune'],
    ['mobile_student', 'distill'],
  ]);
  const { model: expected } = await pruneChannels(teacher.model, { macs: 0.5 });
  const start = student.lineage()[1]!;
  expect(start.options).toEqual({ what: 'channels', epochs: 0, macs: 0.5 });
  const shapes = (model: Variant['model']) =>
    [...model.graph.initializers.values()].map(({ shape }) => shape?.join());
  expect(shapes(start.model)).toEqual(shapes(expected));
  expect(modelCost(student.model).macs).toBeLessThanOrEqual(0.5 * modelCost(teacher.model).macs!);
  const { graph } = expected;
  const [first] = [...graph.initializers.values()].filter(({ tensor }) => tensor?.shape.length === 4);
  expect(start.model.graph.initializers.get(first!.name)!.tensor!.bytes).toEqual(first!.tensor!.bytes);
  expect(student.report!.rows.map(({ name }) => name)).toEqual(['teacher', 'student', 'labels alone']);
  const { report } = await again(student, teacher);
  expect(report.isSame).toBe(true);
  expect(recipeOf(student, recipeSteps).steps.map(({ step }) => step)).toEqual(['prune', 'distill']);
}, 60_000);

test('--from-pruned takes half of the channels unless told, and data without labels', async () => {
  const student = await run('%distill mobile --from-pruned --data bare --batch 32 --round-to 2 --as half');
  expect(student.lineage()[1]).toMatchObject({
    ...{ name: 'half_start', data: 'bare' },
    options: { sparsity: 0.5, roundTo: 2 },
  });
});

test('--from-scratch drops the weights of a student of one’s own, by the seed, and replays', async () => {
  await run('%train lenet --data stripes --batch 32');
  const own = await run('%prune lenet --sparsity 0.3 --batch 32 --as own');
  const line = '%distill mobile own --from-scratch --batch 32 --lr 1e-9 --baseline';
  const student = await run(`${line} --seed 3 --as fresh`);
  expect(student).toMatchObject({ parent: own.id, options: { fromScratch: true } });
  const other = await run(`${line} --seed 4 --as other`);
  const kept = await run('%distill mobile own --batch 32 --lr 1e-9 --as kept');
  const [fresh, reseeded, same, given] = [student, other, kept, own].map(weightsOf);
  const apart = (a: number[][], b: number[][]) =>
    Math.max(...a.flatMap((weight, i) => weight.map((x, j) => Math.abs(x - b[i]![j]!))));
  expect(apart(same!, given!)).toBeLessThan(1e-5);
  expect(apart(fresh!, given!)).toBeGreaterThan(0.1);
  expect(apart(fresh!, reseeded!)).toBeGreaterThan(0.1);
  const ledger = await session.context.ledger();
  const alone = ledger.variants().findLast(({ name }) => name === 'fresh_alone')!;
  expect(apart(weightsOf(alone), fresh!)).toBeLessThan(1e-5);
  for (const made of [student, alone]) {
    const source = made.lineage()[0]!;
    expect((await again(made, source, [teacher.content()])).report.isSame).toBe(true);
  }
}, 60_000);

test.each([
  ['mobile mlp --data bare --baseline', /--baseline trains the student by labels alone, 'bare' has neither/],
  [
    'mobile --from-pruned --data bare --baseline',
    /'bare' has neither labels nor targets: leave --baseline out/,
  ],
  ['mobile mlp --from-pruned', /--from-pruned makes the student of 'mobile': leave 'mlp' out/],
  ['mobile --from-pruned --from-scratch', /--from-scratch does not: leave one out/],
  ['mobile --from-pruned --width 0.5', /--width does not/],
  ['mobile mlp --macs 0.5', /--macs says how far --from-pruned prunes/],
  ['mobile mlp --continue --from-scratch', /--from-scratch and --continue contradict/],
  ['mobile --from-pruned --macs 0.5 --sparsity 0.5', /--sparsity.*--macs/],
  ['mobile --from-pruned --sparsity 2', /--sparsity.*was 2/],
])('distill %s is refused before any training', async (flags, message) => {
  const ledger = await session.context.ledger();
  const [before, bars] = [ledger.variants().length, session.bars.length];
  await expect(run(`%distill ${flags}`)).rejects.toThrow(message);
  expect([ledger.variants().length, session.bars.length]).toEqual([before, bars]);
});
