import { BenchTable, evaluate, bench as measure, type NamedResult } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import { costWarnings, modelCost } from '../src/ops/index.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { datasetOf, variantOf } from './resolve.ts';

export const bench: Magic<BenchTable> = {
  name: 'bench',
  summary: 'Measure models on this machine: latency, throughput, memory, CPU use, size, accuracy',
  positionals: [
    { name: 'models', summary: 'one or more models', required: true, rest: true, completes: 'model' },
  ],
  flags: [
    {
      name: 'data',
      kind: 'string',
      completes: 'dataset',
      summary: 'data set whose test split gives the accuracy; default: the one it was trained on',
    },
    {
      name: 'batch',
      kind: 'number',
      min: 1,
      integer: true,
      summary: "samples per run; default: the model's own batch if it is fixed, else 1",
    },
    {
      name: 'shape',
      kind: 'string',
      summary: 'whole shapes of inputs with more open dimensions than the batch: "ids=1,128 mask=1,128"',
    },
    {
      name: 'runs',
      kind: 'number',
      min: 1,
      integer: true,
      summary: 'measured runs; default: as many as a second takes',
    },
    { name: 'warmup', kind: 'number', min: 0, integer: true, summary: 'runs before the measured ones' },
    {
      name: 'threads',
      kind: 'number',
      min: 1,
      integer: true,
      summary: 'threads inside one operator; default: all cores',
    },
  ],
  examples: ['%bench cnn small', '%bench cnn --batch 32 --threads 1', '%bench bert --shape ids=1,128'],
  result: 'BenchTable',
  async run(line, context) {
    const results: NamedResult[] = [];
    const tasks: Task[] = [];
    for (const name of line.positionals) tasks.push(await taskOf(name, line, context));
    for (const task of tasks) results.push(await benchVariant(task, line, context));
    return new BenchTable(results);
  },
};

/** What is to be done, known to be possible before the first measurement begins. */
interface Task {
  readonly variant: Variant;
  readonly data: Dataset | undefined;
}

async function taskOf(model: string, { flags }: ParsedLine, context: Context): Promise<Task> {
  const variant = await variantOf(model, context);
  const name = flags.data ?? variant.data;
  return { variant, data: typeof name === 'string' ? await datasetOf(name, context) : undefined };
}

async function benchVariant(
  { variant, data }: Task,
  { flags }: ParsedLine,
  context: Context,
): Promise<NamedResult> {
  const { signal } = context;
  const bar = context.progress(`bench ${variant.name}`);
  const onProgress = bar.update.bind(bar);
  const cost = modelCost(variant.model);
  const report = await measure(variant.path, {
    batch: flags.batch as number | undefined,
    shapes: shapesOf(flags.shape),
    runs: flags.runs as number | undefined,
    warmup: flags.warmup as number | undefined,
    threads: flags.threads as number | undefined,
    parameters: cost.parameters,
    macs: cost.macs / cost.batch,
    signal,
    onProgress,
  });
  const tested = data && (await evaluate(variant.path, data, { signal, onProgress }));
  const ledger = await context.ledger();
  await ledger.measure(variant, report.toMeasurement(tested));
  const p50 = `p50 ${report.latency.p50.toPrecision(3)} ms`;
  bar.done(tested ? `${p50}, accuracy ${(100 * tested.accuracy).toFixed(2)} %` : p50);
  const warnings = [...costWarnings(cost), ...(tested?.warnings ?? [])];
  return { name: variant.name, report, ...(tested && { accuracy: tested.accuracy }), warnings };
}

/** Reads `ids=1,128 mask=1,128`. */
function shapesOf(text: ParsedLine['flags'][string]): Record<string, number[]> | undefined {
  if (typeof text !== 'string') return undefined;
  const words = text.split(/\s+/).filter(Boolean);
  return Object.fromEntries(
    words.map((word) => {
      const [, name, dims] = /^(.+)=([1-9]\d*(?:,[1-9]\d*)*)$/.exec(word) ?? [];
      if (name && dims) return [name, dims.split(',').map(Number)];
      throw new UsageError(
        `%bench: --shape must be an input's name and its dimensions, as in ids=1,128, was '${word}'`,
      );
    }),
  );
}
