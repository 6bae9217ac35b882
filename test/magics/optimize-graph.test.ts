import { beforeAll, expect, test } from 'vitest';
import type { Variant } from '../../src/ledger/index.ts';
import { Report } from '../../src/report.ts';
import { architecture } from '../../src/zoo/index.ts';
import { build } from '../src/passes/passing.ts';
import { expectSameOutputs } from '../support/same-outputs.ts';
import { type MagicSession, magicSession } from './session.ts';

let session: MagicSession;
beforeAll(async () => {
  session = await magicSession();
  session.variables.set('mobile', architecture('mobile', { sample: [1, 28, 28], classes: 10 }));
});

test('%optimize-graph gives a variant that computes the same, with a report', async () => {
  const result = (await session.run('%optimize-graph mobile')) as Variant;
  expect(session.variables.get('mobile_opt')).toBe(result);
  expect(result.lineage().map(({ step }) => step)).toEqual(['define', 'optimize']);
  const before = result.lineage()[0]!;
  expect(result.model.graph.nodes.length).toBeLessThan(before.model.graph.nodes.length);
  await expectSameOutputs(before.model, result.model);
  expect(result.report).toBeInstanceOf(Report);
  expect(result.report!.rows.map(({ rule }) => rule)).toContain('BatchNormalization into Conv');
  expect(session.bars.at(-1)).toMatch(/^optimize mobile: \d+ → \d+ nodes in 2 rounds$/);
});

test('%fuse is the same; passes and the name can be chosen', async () => {
  const result = (await session.run(
    '%fuse mobile --passes remove-unused,remove-no-ops --as same',
  )) as Variant;
  expect(session.variables.get('same')).toBe(result);
  expect(result.options).toEqual({ passes: 'remove-unused,remove-no-ops' });
  await expect(session.run('%fuse mobile --passes remove-unsued')).rejects.toThrow(
    "Did you mean 'remove-unused'",
  );
});

test('--fix and --opset come first', async () => {
  const old = build(({ b }) => b.output(b.op('Softmax', [b.input('x', 'float32', ['N', 'T'])]), 'y'), 12);
  session.variables.set('old', old);
  const result = (await session.run('%fuse old --fix N=2,x=2x5 --opset 21')) as Variant;
  expect(result.model.opset).toBe(21);
  expect(result.model.graph.inputs[0]!.shape).toEqual([2, 5]);
  await expect(session.run('%fuse old --fix N')).rejects.toThrow('--fix must be sizes such as N=1');
  await expect(session.run('%fuse old --fix M=3')).rejects.toThrow("Unknown dimension 'M'");
});

test("--ort adds onnxruntime's own graph as a variant, and shows the operators of all three", async () => {
  await session.run('%fuse mobile --ort extended');
  const table = session.shown.at(-1) as Report;
  expect(table.columns.map(({ header }) => header)).toEqual([
    'operator',
    'mobile',
    'mobile_opt',
    'mobile_ort_extended',
  ]);
  const [all] = table.rows;
  const ledger = await session.context.ledger();
  const other = ledger.variants().find(({ name }) => name === 'mobile_ort_extended')!;
  expect(all!.model2).toBe(other.model.graph.nodes.length);
  expect(other.step).toBe('onnxruntime');
  expect(table.rows.map(({ operator }) => operator)).toContain('com.microsoft.FusedConv');
});
