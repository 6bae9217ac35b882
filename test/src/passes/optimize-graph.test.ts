import { expect, test } from 'vitest';
import { optimizeGraph, passes } from '../../../src/passes/index.ts';
import { architecture } from '../../../src/zoo/index.ts';
import { withConstantNodes } from '../../support/constant-nodes.ts';
import { build, opTypes, pass } from './passing.ts';

test('all passes together find what one makes possible for another', async () => {
  const model = build(({ b, weights }) => {
    const x = b.input('x', 'float32', ['N', 3, 4, 4]);
    const scale = b.op('Mul', [weights('w', 8, 3, 1, 1), b.scalar(2)]);
    const conv = b.op('Conv', [b.op('Identity', [x]), b.op('Identity', [scale])]);
    const constants = ['scale', 'shift', 'mean'].map((name) => weights(name, 8));
    const variance = b.op('Abs', [weights('variance', 8)]);
    const norm = b.op('BatchNormalization', [b.op('Dropout', [conv]), ...constants, variance]);
    const size = b.op('Gather', [b.op('Shape', [norm]), b.constant('int64', [0], [])], { axis: 0 });
    const target = b.op('Concat', [b.op('Unsqueeze', [size, b.int64s([0])]), b.int64s([-1])], { axis: 0 });
    b.output(b.op('Reshape', [norm, target]), 'y');
  });
  const { model: result, counts } = await pass(model, undefined, { shapes: { x: [2, 3, 4, 4] } });
  expect(opTypes(result)).toEqual(['Conv', 'Reshape']);
  expect(counts['BatchNormalization into Conv']).toBe(1);
  expect(result.graph.inputs[0]!.shape).toEqual(['N', 3, 4, 4]);
});

test('a network of layers, given with Constant nodes', async () => {
  const mobile = withConstantNodes(architecture('mobile', { sample: [1, 28, 28], classes: 10 }));
  const { model: result } = await pass(mobile);
  expect(opTypes(result)).not.toContain('BatchNormalization');
  expect(result.graph.nodes.length).toBeLessThan(mobile.graph.nodes.length / 2);
});

test('inferred types do not make the file larger', async () => {
  const { model } = await pass(architecture('lenet', { sample: [1, 28, 28], classes: 10 }));
  expect(model.graph.nodes.slice(0, -1).map((node) => node.output().type)).toEqual(
    architecture('lenet', { sample: [1, 28, 28], classes: 10 })
      .graph.nodes.slice(0, -1)
      .map((node) => node.output().type),
  );
});

test('an unknown pass is refused, an abort stops the work', async () => {
  const model = architecture('mlp', { sample: [1, 28, 28], classes: 10 });
  await expect(optimizeGraph(model, { passes: ['remove-unsued'] })).rejects.toThrow(
    "Unknown pass 'remove-unsued'. Did you mean 'remove-unused'?",
  );
  await expect(optimizeGraph(model, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
});

test('every pass has a name of its own and says what it does', () => {
  expect(new Set(passes.map(({ name }) => name)).size).toBe(passes.length);
  for (const { summary } of passes) expect(summary).toMatch(/^[A-Z].*[^.]$/);
});
