import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Graph, Model, Node, Tensor, Value } from '../../../src/ir/index.ts';
import { saveModel, writeModel } from '../../../src/onnx/index.ts';
import { InferenceSession } from '../../../src/runtime/index.ts';

const weights = Float32Array.from({ length: 600 }, (_, i) => i / 8);

/** y = x + w */
function sum(): Model {
  const graph = new Graph('sum');
  const x = new Value('x', { dtype: 'float32', shape: ['N', 600] });
  const w = graph.addInitializer(new Value('w', undefined, Tensor.of('float32', weights)));
  const y = new Value('y', { dtype: 'float32', shape: ['N', 600] });
  graph.inputs.push(x);
  graph.insert(new Node({ opType: 'Add', inputs: [x, w], outputs: [y] }));
  graph.outputs.push(y);
  return new Model(graph);
}

async function run(model: Uint8Array | string): Promise<unknown> {
  const session = await InferenceSession.create(model);
  const { y } = await session.run({ x: Tensor.of('float32', new Float32Array(600).fill(1), [1, 600]) });
  await session.release();
  return y?.data;
}

it('onnxruntime reads what we write, from bytes and with external data', async () => {
  const expected = weights.map((weight) => weight + 1);
  expect(await run(writeModel(sum()))).toEqual(expected);
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-ort-'));
  await saveModel(sum(), join(folder, 'sum.onnx'), { externalData: { location: 'sum.data' } });
  expect(await run(join(folder, 'sum.onnx'))).toEqual(expected);
  await rm(folder, { recursive: true });
});
