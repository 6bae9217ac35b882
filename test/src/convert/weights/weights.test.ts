import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { assignWeights, loadWeights, readSafetensors } from '../../../../src/convert/index.ts';
import { readNpy, readNpz } from '../../../../src/data/index.ts';
import { ModelError, UsageError } from '../../../../src/errors.ts';
import { type Model, Tensor } from '../../../../src/ir/index.ts';
import { conv2d, dense, flatten, sequential } from '../../../../src/layers/index.ts';
import { npyFile, npzFile, safetensorsFile } from './files.ts';

const tensors = new Map<string, Tensor>([
  ['a.weight', Tensor.of('float32', [1, 2, 3, 4, 5, 6], [2, 3])],
  ['b', Tensor.of('int64', [7, -8])],
  ['c', Tensor.scalar('float64', 0.5)],
]);

describe('files of weights', () => {
  test.each([
    ['safetensors', readSafetensors, safetensorsFile(tensors)],
    ['npz, stored', readNpz, npzFile(tensors)],
    ['npz, deflated', readNpz, npzFile(tensors, deflateRawSync)],
  ] as const)('%s', (_, read, bytes) => {
    const found = read(bytes, 'w.npz');
    expect([...found.keys()]).toEqual([...tensors.keys()]);
    for (const [name, tensor] of tensors) {
      expect(found.get(name)).toMatchObject({ dtype: tensor.dtype, shape: tensor.shape });
      expect(found.get(name)!.toNumbers()).toEqual(tensor.toNumbers());
    }
  });

  test("an array in Fortran's order comes in C's", () => {
    const stored = Tensor.of('float32', [1, 4, 2, 5, 3, 6], [2, 3]);
    const tensor = readNpy(npyFile(stored, { fortran: true }), 'x');
    expect(tensor.shape).toEqual([2, 3]);
    expect(tensor.toNumbers()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a wrong checksum, a pickle, an overlong header are refused', () => {
    const archive = Buffer.from(npzFile(tensors));
    archive[130]! ^= 1;
    expect(() => readNpz(archive, 'w.npz')).toThrow(/'a\.weight\.npy' in the zip archive is damaged/);
    const object = Buffer.from(npyFile(Tensor.of('uint8', [1])));
    object.write("'|O1'", object.indexOf("'|u1'"));
    expect(() => readNpy(object, 'x')).toThrow(/x must hold numbers .*, holds '\|O1'/);
    const long = Buffer.from(safetensorsFile(tensors));
    long.writeBigUInt64LE(2n ** 60n);
    expect(() => readSafetensors(long)).toThrow(ModelError);
  });
});

const network = (): Model => sequential([1, 6, 6], [conv2d(2, 3), flatten(), dense(3)]);

/** The parameters of the network by name, with other values. */
const changed = (model: Model, change: (value: number) => number): Map<string, Tensor> =>
  new Map(
    [...model.graph.initializers.values()]
      .filter(({ dtype }) => dtype === 'float32')
      .map(({ name, tensor }) => [
        name,
        Tensor.of('float32', Float32Array.from(tensor!.toNumbers(), change), tensor!.shape),
      ]),
  );

describe('weights into a model', () => {
  const model = network();
  const weights = changed(model, (value) => value + 1);
  const names = [...weights.keys()];

  test('by the names of its parameters; the model itself stays', () => {
    const before = model.graph.initializers.get(names[0]!)!.tensor!.toNumbers();
    const { model: result, report } = assignWeights(model, weights);
    for (const [name, tensor] of weights)
      expect(result.graph.initializers.get(name)!.tensor!.toNumbers()).toEqual(tensor.toNumbers());
    expect(model.graph.initializers.get(names[0]!)!.tensor!.toNumbers()).toEqual(before);
    expect(report.title).toBe(`Weights: ${names.length} of ${names.length} parameters from the file`);
  });

  test('float64, float16 and bfloat16 become float32', () => {
    const [name] = names;
    const { shape, size } = weights.get(name!)!;
    const filled = (dtype: 'float16' | 'bfloat16' | 'float64', bits: number) =>
      assignWeights(model, new Map([[name!, Tensor.of(dtype, Array<number>(size).fill(bits), shape)]]), {
        partial: true,
      })
        .model.graph.initializers.get(name!)!
        .tensor!.toNumbers();
    expect(filled('float16', 0x3e00)).toEqual(Array(size).fill(1.5));
    expect(filled('bfloat16', 0x3fc0)).toEqual(Array(size).fill(1.5));
    expect(filled('float64', 1.5)).toEqual(Array(size).fill(1.5));
  });

  test('what does not fit is listed at once', () => {
    const [first = '', second = ''] = names;
    const wrong = new Map(weights);
    wrong.delete(first);
    wrong.set(`${first}s`, weights.get(first)!);
    wrong.set(second, Tensor.of('float32', [1, 2, 3, 4, 5], [5]));
    const attempt = () => assignWeights(model, wrong);
    expect(attempt).toThrow(ModelError);
    expect(attempt).toThrow(`'${first}' is not in the file (there is '${first}s')`);
    expect(attempt).toThrow(`'${first}s' is not in the model (there is '${first}')`);
    expect(attempt).toThrow(new RegExp(`'${second}' must be of shape \\[.*\\], is \\[5\\]`));
  });

  test('a transposed matrix is called so, and integers are no floats', () => {
    const [name, tensor] = [...weights].find(([, { shape }]) => shape.length === 2)!;
    const [rows = 0, columns = 0] = tensor.shape;
    const swapped = new Map(weights).set(name, Tensor.of('float32', tensor.data, [columns, rows]));
    expect(() => assignWeights(model, swapped)).toThrow(/its transpose/);
    const integers = new Map(weights).set(
      name,
      Tensor.of('int32', Array(rows * columns).fill(1), tensor.shape),
    );
    expect(() => assignWeights(model, integers)).toThrow(/must be of type float32, is int32/);
  });

  test('in part, and with counters of batches, which nothing reads', () => {
    const [first = ''] = names;
    const some = new Map([
      [first, weights.get(first)!],
      ['other', weights.get(first)!],
      ['norm.num_batches_tracked', Tensor.of('int64', [3], [])],
    ]);
    const { report } = assignWeights(model, some, { partial: true });
    expect(report.warnings).toEqual([
      `${names.length - 1} parameters kept their values`,
      '1 tensors of the file were not used: other',
    ]);
    expect(() => assignWeights(model, new Map([['other', weights.get(first)!]]), { partial: true })).toThrow(
      /no tensor of the file has the name of a parameter/,
    );
  });

  describe('from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgebook-weights-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    test.each([
      ['w.safetensors', safetensorsFile],
      ['w.npz', npzFile],
    ] as const)('%s', async (name, write) => {
      writeFileSync(join(folder, name), write(weights));
      const { model: result } = await loadWeights(model, join(folder, name));
      expect(result.graph.initializers.get(names[0]!)!.tensor!.toNumbers()).toEqual(
        weights.get(names[0]!)!.toNumbers(),
      );
    });

    test('errors name the file', async () => {
      writeFileSync(join(folder, 'bad.npz'), 'no archive');
      await expect(loadWeights(model, join(folder, 'bad.npz'))).rejects.toThrow(
        /bad\.npz .*A zip archive must end/,
      );
      await expect(loadWeights(model, join(folder, 'absent.npz'))).rejects.toThrow(UsageError);
      await expect(loadWeights(model, 'weights.pth')).rejects.toThrow(/must end in \.safetensors or \.npz/);
    });
  });
});
