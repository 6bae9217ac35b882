import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseLine } from '../../magics/arguments.ts';
import { magics } from '../../magics/index.ts';
import type { Context } from '../../magics/magic.ts';
import type { BenchTable } from '../../src/bench/index.ts';
import { Dataset } from '../../src/data/index.ts';
import { type Dim, Model, Tensor } from '../../src/ir/index.ts';
import { dense, flatten, sequential } from '../../src/layers/index.ts';
import { Ledger, type Variant } from '../../src/ledger/index.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';
import { createBuilder } from '../../src/ops/index.ts';
import { Figure, type HistogramMark } from '../../src/plot/index.ts';
import { displaySymbol, Report } from '../../src/report.ts';

let folder: string;
let context: Context;
const variables = new Map<string, unknown>();
const bars: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edgebook-magics-'));
  const ledger = await Ledger.open(join(folder, '.edgebook'), { readModel, writeModel });
  context = {
    variables: {
      get: (name) => variables.get(name),
      names: () => [...variables.keys()],
      forget: (name) => void variables.delete(name),
    },
    folder,
    inputs: () => [],
    evaluate: async () => undefined,
    call: async (work) => work(),
    print: () => {},
    // Packages are found from here; files of the test go to `folder`.
    cwd: folder,
    ledger: async () => ledger,
    types: { mode: 'warn', set: () => {} },
    signal: new AbortController().signal,
    display: () => ({ update: () => {} }),
    progress: (label) => ({ update: () => {}, done: (message) => bars.push(`${label}: ${message}`) }),
  };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `%name args` as a cell does, and declares the variable that it binds. */
async function run(line: string): Promise<unknown> {
  const [, name, rest = ''] = /^%(\w+)\s*(.*)$/.exec(line)!;
  const magic = magics.find((candidate) => candidate.name === name)!;
  const parsed = parseLine(magic, rest);
  const result = await magic.run(parsed, context);
  const bound = magic.binds?.(parsed);
  if (bound) variables.set(bound, result);
  return result;
}

describe('the loop of a session', () => {
  test('%data opens a data set and declares it', async () => {
    expect(await run('%data mnist')).toBeInstanceOf(Dataset);
    expect(variables.get('mnist')).toBeInstanceOf(Dataset);
    expect(((await run('%data')) as Report).rows.map((row) => row.name)).toContain('mnist');
  });

  test('%train trains an architecture, tests it, and keeps its history', async () => {
    const mlp = (await run('%train mlp --limit 6400 --lr 2e-3')) as Variant;
    expect(mlp.metrics.accuracy).toBeGreaterThan(0.8);
    expect(mlp.options).toMatchObject({
      architecture: 'mlp',
      limit: 6400,
      learningRate: 2e-3,
      optimizer: 'adam',
    });
    expect(mlp.report).toBeInstanceOf(Report);
    expect(bars.at(-1)).toMatch(/train mlp: test accuracy \d\d\.\d\d %/);
  });

  test('%train starts an architecture anew, also when run again; --continue trains on and says so', async () => {
    const first = variables.get('mlp') as Variant;
    const again = (await run('%train mlp --limit 6400 --lr 2e-3')) as Variant;
    expect(again.parent).toBeUndefined();
    expect(again.id).toBe(first.id);
    const more = (await run('%train mlp --limit 640 --continue --as more')) as Variant;
    expect(more.parent).toBe(first.id);
    expect(bars.at(-1)).toMatch(/train more, continues from mlp \(\d\d\.\d\d %\): test accuracy/);
  });

  test('%train takes what fit can do: schedule, augmentation, validation, early stopping', async () => {
    const line =
      '%train mlp --as trained --limit 1280 --epochs 3 --optimizer adamw --schedule one-cycle --warmup 5 --weight-decay 0.05 ' +
      '--clip 1 --smoothing 0.1 --shift 1 --crop 0.9 --noise 0.05 --mixup 0.2 --validation 200 --patience 2';
    const trained = (await run(line)) as Variant;
    expect(trained.options).toMatchObject({
      ...{ schedule: 'one-cycle', warmUp: 5, weightDecay: 0.05, clipNorm: 1, labelSmoothing: 0.1 },
      ...{ augment: { shift: 1, crop: 0.9, noise: 0.05, mixup: 0.2 }, validation: 200, patience: 2 },
    });
    expect(trained.report!.columns.map(({ key }) => key)).toContain('validationAccuracy');
    expect(trained.metrics.accuracy).toBeGreaterThan(0.5);
  });

  test('%train goes on from a checkpoint to the same weights', async () => {
    const line = '%train mlp --as kept --limit 1280 --seed 3 --checkpoint run.ckpt';
    const whole = (await run(line)) as Variant;
    expect(existsSync(join(folder, 'run.ckpt'))).toBe(true);
    const resumed = (await run(`${line} --resume`)) as Variant;
    expect(resumed.id).toBe(whole.id);
    await expect(run(`${line} --resume --lr 0.5`)).rejects.toThrow(
      /--lr was 0.001 in the checkpoint, is 0.5/,
    );
    await expect(run('%train mlp --resume')).rejects.toThrow(
      /--resume needs the file to go on from: --checkpoint FILE/,
    );
    await expect(run('%train mlp --checkpoint none.ckpt --resume')).rejects.toThrow(
      /none\.ckpt' must be a readable file/,
    );
  });

  test('%train fine-tunes a model of yours with a new head and frozen layers', async () => {
    const digits = variables.get('mnist') as Dataset;
    const three = new Dataset({
      name: 'three',
      ...{
        sampleShape: digits.sampleShape,
        normalization: digits.normalization,
        classNames: ['a', 'b', 'c'],
      },
      splits: Object.fromEntries(
        digits.splitNames.map((split) => {
          const labels = digits
            .labels(split)
            .slice(0, 1280)
            .map((label) => label % 3);
          return [split, { images: digits.images(split).slice(0, 1280 * 784), labels }];
        }),
      ),
    });
    variables.set('three', three);
    const line =
      "%train mlp --as tuned --data three --lr 1e-3 --freeze 'dense1.*' --fold-bn --export-graph tuning.onnx";
    await expect(run(line.replace('three ', 'mnist ').replace("'dense1.*'", "'conv*'"))).rejects.toThrow(
      /'conv\*' fits none/,
    );
    const tuned = (await run(`${line} --continue --classes 3`)) as Variant;
    const weights = (variant: Variant, name: string) => variant.model.graph.initializers.get(name)!.tensor!;
    expect(weights(tuned, 'dense1.weight').bytes).toEqual(
      weights(variables.get('mlp') as Variant, 'dense1.weight').bytes,
    );
    expect(weights(tuned, 'dense2.weight').shape).toEqual([3, 128]);
    expect(tuned.parent).toBe((variables.get('mlp') as Variant).id);
    expect(tuned.options).toMatchObject({ classes: 3, freeze: ['dense1.*'], foldBatchNorm: true });
    expect(existsSync(join(folder, 'tuning.onnx'))).toBe(true);
  });

  test('%train starts the networks of the zoo, scaled; an autoencoder without an accuracy', async () => {
    const small = (await run('%train mobilenetv2 --width 0.1 --limit 64 --batch 32')) as Variant;
    expect(small.options).toMatchObject({ architecture: 'mobilenetv2', width: 0.1 });
    expect(small.metrics.accuracy).toBeGreaterThanOrEqual(0);
    const coder = (await run('%train autoencoder --width 0.25 --limit 640 --epochs 2')) as Variant;
    expect(coder.options).toMatchObject({ architecture: 'autoencoder', loss: 'mse' });
    expect(Object.keys(coder.metrics)).toEqual(['loss']);
    expect(bars.at(-1)).toMatch(/train autoencoder: test loss \d\.\d{4} \(mean squared error\)$/);
    for (const name of ['mobilenetv2', 'autoencoder']) variables.delete(name);
  }, 180_000);

  test('%quantize makes an int8 variant a quarter the size, within half a point', async () => {
    const float = variables.get('mlp') as Variant;
    const small = (await run('%quantize mlp --calib mnist --samples 128')) as Variant;
    expect(variables.get('mlp_int8')).toBe(small);
    expect(small.lineage().map((variant) => variant.step)).toEqual(['train', 'quantize']);
    expect(small.bytes).toBeLessThan(0.3 * float.bytes);
    expect(small.report).toBeInstanceOf(Report);
    variables.set('few', (variables.get('mnist') as Dataset).take(40));
    const coarse = (await run('%quantize mlp --calib few --samples 128 --as coarse')) as Variant;
    expect(coarse.options.samples).toBe(40);
    expect(coarse.data).toBe('mnist[:40]');
  });

  test('%bench finds a data set by its own name, and measures nothing if there is none', async () => {
    const { length } = (await context.ledger()).measurements();
    await expect(run('%bench mlp mlp_int8 --runs 1 --data minst')).rejects.toThrow("Did you mean 'mnist'");
    const table = (await run('%bench coarse --runs 1 --warmup 1')) as BenchTable;
    expect(table.accuracy).toBeLessThanOrEqual(1);
    const last = (await context.ledger()).measurements().slice(length);
    expect(last.map(({ conditions }) => conditions.data)).toEqual(['mnist[:40] test 40']);
  });

  test('%bench measures all that was named', async () => {
    const report = (await run('%bench mlp mlp_int8 --runs 20 --warmup 2')) as BenchTable;
    expect(report.rows.map((row) => row.variant)).toEqual(['mlp', 'mlp_int8']);
    for (const row of report.rows) {
      expect(row.latencyP50).toBeGreaterThan(0);
      expect(row.macs).toBe(784 * 128 + 128 * 10);
    }
    expect(report.p95).toBe(report.rows[0]!.latencyP95);
    expect(report.of('mlp_int8').latency.p50).toBe(report.rows[1]!.latencyP50);
    expect(() => report.of('mlp8')).toThrow(/Unknown model 'mlp8'/);
    const [float, int8] = report.rows.map((row) => row.accuracy as number);
    expect(Math.abs(float! - int8!)).toBeLessThan(0.005);
  });

  test('%compare lists this session, sorted', async () => {
    const report = (await run('%compare --sort size')) as Report;
    expect(report.rows[0]!.variant).toBe('mlp_int8');
    expect(((await run('%compare mlp mlp_int8')) as Report).rows).toHaveLength(2);
    await expect(run('%compare --sort colour')).rejects.toThrow(/Unknown column 'colour'/);
  });

  test.each(['%plot pareto', '%plot curve mlp', '%plot layers mlp', '%plot weights mlp'])(
    '%s',
    async (line) => {
      const figure = (await run(line)) as Figure;
      expect(figure).toBeInstanceOf(Figure);
      const bundle = await figure[displaySymbol]();
      expect(bundle['text/html']).toContain('<svg');
    },
  );

  test('%plot weights of an int8 model shows its weights, not its scales', async () => {
    const figure = (await run('%plot weights mlp_int8')) as Figure;
    expect(figure.title).toBe('Weights of mlp_int8 (int8, int32)');
    const [mark] = figure.marks as [HistogramMark];
    expect(mark.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(784 * 128 + 128 + 128 * 10 + 10);
    expect(mark.bins[0]!.from).toBeLessThan(-0.1);
  });

  test('%save and %load give the same model back', async () => {
    await run('%save mlp net.onnx');
    const loaded = (await run('%load net.onnx --as again')) as Variant;
    expect(loaded.id).toBe((variables.get('mlp') as Variant).id);
    expect(variables.get('again')).toBe(loaded);
  });

  test('%save --integer-io writes a model that takes and gives integers, a float model cannot', async () => {
    const { charts } = (await run('%save mlp_int8 board.onnx --integer-io')) as Report;
    expect(charts[0]).toMatchObject({ rows: [{ side: 'input' }, { side: 'output' }] });
    const { model } = (await run('%load board.onnx --as board')) as Variant;
    const ports = [...model.graph.inputs, ...model.graph.outputs].map(({ dtype }) => dtype);
    expect(ports).toEqual(['uint8', 'uint8']);
    await expect(run('%save mlp board.onnx --integer-io')).rejects.toThrow(/Quantize the model statically/);
  });

  test('%save and %load know ~, and a variable cannot be called class', async () => {
    vi.stubEnv('HOME', folder);
    await run('%save mlp ~/class.onnx');
    const loaded = (await run('%load ~/class.onnx')) as Variant;
    vi.unstubAllEnvs();
    expect(variables.get('class_')).toBe(loaded);
    expect(existsSync(join(folder, 'class.onnx'))).toBe(true);
  });

  test('%summary, %lsmagic and %help tell', async () => {
    const summary = (await run('%summary mlp')) as Report;
    expect(summary.rows.at(-1)).toMatchObject({ layer: 'total', macs: 784 * 128 + 128 * 10 });
    expect(((await run('%lsmagic')) as Report).rows).toHaveLength(magics.length);
    expect(((await run('%help quantize')) as Report).toText()).toMatch(/--activations uint8\|int8/);
  });

  test('a model of the user joins the ledger under its variable', async () => {
    variables.set('mine', sequential([1, 28, 28], [flatten(), dense(10)]));
    const trained = (await run('%train mine --limit 640')) as Variant;
    expect(trained.lineage().map((variant) => variant.step)).toEqual(['define', 'train']);
  });

  test('%bench takes a fixed batch as it is, and shapes of other open dimensions', async () => {
    variables.set('fixed', reluNet([4, 3]));
    variables.set('open', reluNet(['N', 'T']));
    expect(((await run('%bench fixed --runs 1 --warmup 1')) as BenchTable).results[0]!.report.batch).toBe(4);
    await expect(run('%bench open --runs 1')).rejects.toThrow('--shape input=1,64');
    const { results } = (await run('%bench open --runs 1 --warmup 1 --shape input=2,5')) as BenchTable;
    expect(results[0]!.report.batch).toBe(2);
    await expect(run('%bench open --shape input=two')).rejects.toThrow("as in ids=1,128, was 'input=two'");
  });

  test('%train trains on what is not the architecture of its name', async () => {
    variables.set('cnn', sequential([1, 28, 28], [flatten(), dense(10)]));
    const own = (await run('%train cnn --limit 640')) as Variant;
    expect(own.lineage().map((variant) => variant.step)).toEqual(['define', 'train']);
    expect(variables.get('cnn')).toBe(own);
    const more = (await run('%train cnn --limit 640')) as Variant;
    expect(more.parent).toBe(own.id);
    variables.delete('cnn');
  });
});

test.each(['%train mlp --limit 640', '%quantize mlp'])(
  '%s asks for its ledger before the work',
  async (line) => {
    const [, name, rest = ''] = /^%(\w+)\s*(.*)$/.exec(line)!;
    const magic = magics.find((candidate) => candidate.name === name)!;
    const progress = vi.fn();
    const ledger = () => Promise.reject(new Error('read-only'));
    await expect(magic.run(parseLine(magic, rest), { ...context, progress, ledger })).rejects.toThrow(
      'read-only',
    );
    expect(progress).not.toHaveBeenCalled();
  },
);

describe('bad input gets one clear error', () => {
  test.each([
    ['%load missing.onnx', /missing\.onnx/],
    ['%load broken.onnx', /broken\.onnx|ONNX/],
    ['%save mlp nowhere/net.onnx', /there is no folder '.*nowhere', make it first/],
    ['%quantize mlp --int7', /--int7.*--int8/s],
    ['%quantize mpl', /Unknown model 'mpl'. Did you mean 'mlp'/],
    ['%train mlp --epochs many', /epochs.*number.*many/],
    ['%train mlp --epochs Infinity', /epochs must be a whole number of 1 or more, was 'Infinity'/],
    ['%train mlp --lr 0', /--lr must be a finite number above 0/],
    ['%quantize mlp --samples 0', /samples must be a whole number of 1 or more, was '0'/],
    ['%train mlp --data minst', /Unknown data set 'minst'. Did you mean 'mnist'/],
    ['%train wide', /'mnist' does not fit.*\[3, 8, 8\].*\[1, 28, 28\]/],
    ['%train lenet --continue', /needs a trained 'lenet'.*leave --continue out/],
    ['%train cnn --width 2', /'cnn' has no width to scale/],
    ['%train mlp --continue --width 2', /--width scales a built-in architecture/],
    ['%train mlp --patience 2', /'mnist' has none: give --validation/],
    ['%train mlp --crop 1.5', /--crop must be the least share/],
    ['%train mlp --lr -1', /^--lr must be a finite number above 0, was -1/],
    ['%train mlp --warmup 5000', /--warmup must be less than the 937 steps/],
    ['%train mlp --checkpoint .', /must be a file, is a folder/],
    ['%train resne8', /Did you mean 'resnet8'\?/],
    ['%train mlp --checkpoint nowhere/run.ckpt', /there is no folder '.*nowhere', make it first/],
    ['%train constructor', /Unknown model 'constructor'/],
    ['%train odd', /Sign '.*' has no gradient/],
    ['%quantize wide --calib mnist', /float32 \[batch, 1, 28, 28\].*3, 8, 8/],
    ['%plot pie', /Unknown plot 'pie'/],
    ['%plot curve', /needs one model/],
    ['%plot constructor', /Unknown plot 'constructor'/],
    ['%plot curve mlp_int8', /needs a model that %train made.*'mlp_int8' is of step 'quantize'/],
    ['%bench', /models/],
    ['%help qantize', /Did you mean 'quantize'/],
    ['%summary mnist', /'mnist' must be a model, is Dataset/],
  ])('%s', async (line, message) => {
    writeFileSync(join(folder, 'broken.onnx'), Buffer.from([0x0a, 0xff, 0xff, 0x03, 1, 2, 3]));
    variables.set('wide', sequential([3, 8, 8], [flatten(), dense(10)]));
    variables.set('odd', signNet());
    const error = await run(line).catch((e: Error) => e);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(message);
    expect(['UsageError', 'ModelError']).toContain((error as Error).name);
    expect((error as Error).message.split('\n')).toHaveLength(1);
  });
});

function reluNet(shape: readonly Dim[]): Model {
  const g = createBuilder({ name: 'relu' });
  g.output(g.op('Relu', [g.input('input', 'float32', shape)]), 'y');
  return new Model(g.graph);
}

function signNet(): Model {
  const g = createBuilder({ name: 'odd' });
  const x = g.input('input', 'float32', ['N', 1, 28, 28]);
  const w = g.initializer('w', Tensor.of('float32', new Float32Array(7840).fill(0.1), [784, 10]));
  g.output(g.op('Sign', [g.op('MatMul', [g.op('Flatten', [x]), w])]), 'y');
  return new Model(g.graph);
}
