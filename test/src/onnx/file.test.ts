import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Model, Tensor, Value } from '../../../src/ir/index.ts';
import { loadModel, readModel, saveModel } from '../../../src/onnx/index.ts';
import { meaning } from './meaning.ts';
import { everything, modelOf, small, type TensorInit, toBytes } from './sample-models.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgebook-onnx-'));
});
afterAll(() => rm(folder, { recursive: true }));

const weightOf = (model: Model, name = 'w') => model.graph.initializers.get(name)!.tensor!;

/** A model file of one int8 tensor of four elements, whose data is where `externalData` says. */
async function external(path: string, entries: Record<string, string>): Promise<string> {
  const tensor: TensorInit = {
    name: 'w',
    dataType: 3,
    dims: [4n],
    dataLocation: 1,
    externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
  };
  await writeFile(join(folder, path), toBytes(modelOf({ initializer: [tensor] })));
  return join(folder, path);
}

describe('saveModel and loadModel', () => {
  it('keep everything, and leave no other file', async () => {
    const path = join(folder, 'sub', 'model.onnx');
    await mkdir(join(folder, 'sub'));
    const bytes = toBytes(everything());
    await saveModel(readModel(toBytes(small())), path);
    await saveModel(readModel(bytes), path);
    expect(meaning(await readFile(path))).toEqual(meaning(bytes));
    await loadModel(path);
    expect(await readdir(join(folder, 'sub'))).toEqual(['model.onnx']);
  });

  it('keep large tensors in a second file', async () => {
    const model = readModel(toBytes(everything()));
    const data = Float32Array.from({ length: 3000 }, (_, i) => i / 7);
    for (const name of ['one', 'two'])
      model.graph.addInitializer(new Value(name, undefined, Tensor.of('float32', data)));
    const path = join(folder, 'big.onnx');
    await saveModel(model, path, { externalData: { location: 'big.data' } });
    const again = await loadModel(path);
    expect(weightOf(again, 'one').data).toEqual(data);
    expect(weightOf(again, 'two').data).toEqual(data);
    const written = fromBinary(ModelProtoSchema, await readFile(path)).graph!.initializer;
    const places = written
      .filter((t) => t.dataLocation === 1)
      .map((t) => t.externalData.map((e) => `${e.key} ${e.value}`));
    expect(places).toEqual([
      ['location big.data', 'offset 0', 'length 12000'],
      ['location big.data', 'offset 12288', 'length 12000'],
    ]);
    expect((await stat(join(folder, 'big.data'))).size).toBe(24288);
    await saveModel(model, join(folder, 'plain.onnx'));
    await saveModel(again, path);
    expect(meaning(await readFile(path))).toEqual(meaning(await readFile(join(folder, 'plain.onnx'))));
  });

  it('leave the old file when writing fails', async () => {
    const path = join(folder, 'kept.onnx');
    await saveModel(readModel(toBytes(small())), path);
    const before = await readFile(path);
    const broken = readModel(toBytes(small()));
    broken.opsets.set('', Number.NaN);
    await expect(saveModel(broken, path)).rejects.toThrow();
    expect(await readFile(path)).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.includes('kept'))).toEqual(['kept.onnx']);
  });

  it.each(['../out.bin', '/out.bin', '.', 'here.onnx'])('refuse to write data to %s', async (location) => {
    const save = saveModel(readModel(toBytes(small())), join(folder, 'here.onnx'), {
      externalData: { location },
    });
    await expect(save).rejects.toThrow(
      /location of external data must be another file in the model's folder/,
    );
  });
});

describe('loadModel', () => {
  it('reads the range that offset and length say, or that type and shape need', async () => {
    await writeFile(join(folder, 'w.bin'), Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7));
    const path = await external('range.onnx', { location: 'w.bin', offset: '2', length: '4' });
    expect([...weightOf(await loadModel(path)).bytes]).toEqual([2, 3, 4, 5]);
    const open = await external('open.onnx', { location: './w.bin' });
    expect([...weightOf(await loadModel(open)).bytes]).toEqual([0, 1, 2, 3]);
  });

  it('reads data beyond 2 GiB', async () => {
    const offset = 2 ** 31 + 5;
    const sparse = await open(join(folder, 'sparse.bin'), 'w');
    await sparse.write(Uint8Array.of(9, 8, 7, 6), 0, 4, offset);
    await sparse.close();
    const path = await external('far.onnx', { location: 'sparse.bin', offset: `${offset}` });
    expect([...weightOf(await loadModel(path)).bytes]).toEqual([9, 8, 7, 6]);
  });

  it('follows links into the store in which the model itself is', async () => {
    await mkdir(join(folder, 'store'));
    await mkdir(join(folder, 'links'));
    await writeFile(join(folder, 'store', 'b'), Uint8Array.of(1, 2, 3, 4));
    await external('store/a', { location: 'w.bin' });
    await symlink('../store/a', join(folder, 'links', 'model.onnx'));
    await symlink('../store/b', join(folder, 'links', 'w.bin'));
    expect([...weightOf(await loadModel(join(folder, 'links', 'model.onnx'))).bytes]).toEqual([1, 2, 3, 4]);
  });

  it.each<[Record<string, string>, RegExp]>([
    [
      { location: '../w.bin' },
      /Tensor 'w': its data must be in a file in the model's folder, is in '..\/w.bin'/,
    ],
    [{ location: '/etc/hostname' }, /is in '\/etc\/hostname'; move the file there/],
    [{ location: 'escape.bin' }, /must be in a file in the model's folder, is in 'escape.bin'/],
    [{}, /must be in a file in the model's folder, is in ''/],
    [{ location: 'sub' }, /its data must be in a file, 'sub' is none/],
    [{ location: 'missing.bin' }, /its data must be in 'missing.bin' beside the model, which cannot be read/],
    [{ location: 'short.bin' }, /must be 4 bytes at 0 in 'short.bin', which has 3 bytes/],
    [
      { location: 'short.bin', offset: '9e9' },
      /the offset of its external data must be an integer .* is '9e9'/,
    ],
    [
      { location: 'short.bin', length: '-1' },
      /the length of its external data must be an integer .* is '-1'/,
    ],
    [{ location: 'short.bin', length: '99999999999999' }, /must be 99999999999999 bytes at 0/],
    [{ location: 'short.bin', length: '2' }, /must have 4 bytes, has 2/],
  ])('refuses %o', async (entries, message) => {
    const elsewhere = join(folder, '..', `outside-${process.pid}.bin`);
    await writeFile(elsewhere, Uint8Array.of(1, 2, 3, 4));
    await rm(join(folder, 'escape.bin'), { force: true });
    await symlink(elsewhere, join(folder, 'escape.bin'));
    await writeFile(join(folder, 'short.bin'), Uint8Array.of(1, 2, 3));
    const path = await external('refused.onnx', entries);
    await expect(loadModel(path)).rejects.toThrow(message);
    await expect(loadModel(path)).rejects.toMatchObject({ name: 'ModelError' });
    await rm(elsewhere);
  });

  it('says which file is missing or malformed', async () => {
    const path = join(folder, 'none.onnx');
    await expect(loadModel(path)).rejects.toThrow(`Model file '${path}' must be a readable file: ENOENT`);
    await expect(loadModel(path)).rejects.toMatchObject({ name: 'UsageError' });
    await expect(loadModel(folder)).rejects.toThrow(/must be a readable file: EISDIR/);
    await writeFile(path, 'not a model');
    await expect(loadModel(path)).rejects.toThrow(
      /none.onnx: Not an ONNX model, or a damaged one: at byte \d+/,
    );
  });
});
