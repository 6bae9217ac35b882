import { BenchTable, evaluate, bench as measure, type NamedResult } from '../src/bench/index.ts';
import { costWarnings, modelCost } from '../src/ops/index.ts';
import { benchFlags } from './bench-flags.ts';
import { benchOnDevices, devicesOf } from './bench-on.ts';
import { type BenchTask, benchOptions } from './bench-task.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { datasetOf, variantOf } from './resolve.ts';

export const bench: Magic<BenchTable> = {
  name: 'bench',
  summary: 'Measure models, here or on devices: latency, throughput, memory, CPU use, power, size, accuracy',
  positionals: [
    { name: 'models', summary: 'one or more models', required: true, rest: true, completes: 'model' },
  ],
  flags: benchFlags,
  examples: [
    '%bench cnn small',
    '%bench cnn --batch 32 --threads 1',
    '%bench bert --shape ids=1,128',
    '%bench cnn small --on jetson,local',
    '%bench cnn --on pi --soak 30m',
  ],
  result: 'BenchTable',
  async run(line, context) {
    const results: NamedResult[] = [];
    const tasks: BenchTask[] = [];
    const devices = devicesOf(line, context);
    for (const name of line.positionals) tasks.push(await taskOf(name, line, context));
    if (devices) return benchOnDevices(tasks, { devices, line, context });
    for (const task of tasks) results.push(await benchVariant(task, line, context));
    return new BenchTable(results);
  },
};

async function taskOf(model: string, { flags }: ParsedLine, context: Context): Promise<BenchTask> {
  const variant = await variantOf(model, context);
  const name = flags.data ?? variant.data;
  return { variant, data: typeof name === 'string' ? await datasetOf(name, context) : undefined };
}

async function benchVariant(
  { variant, data }: BenchTask,
  { flags }: ParsedLine,
  context: Context,
): Promise<NamedResult> {
  const { signal } = context;
  const bar = context.progress(`bench ${variant.name}`);
  const onProgress = bar.update.bind(bar);
  const cost = modelCost(variant.model);
  const report = await measure(variant.path, { ...benchOptions(flags, cost), signal, onProgress });
  const tested = data && (await evaluate(variant.path, data, { signal, onProgress }));
  const ledger = await context.ledger();
  await ledger.measure(variant, report.toMeasurement(tested));
  const p50 = `p50 ${report.latency.p50.toPrecision(3)} ms`;
  bar.done(tested ? `${p50}, accuracy ${(100 * tested.accuracy).toFixed(2)} %` : p50);
  const warnings = [...costWarnings(cost), ...(tested?.warnings ?? [])];
  return { name: variant.name, report, ...(tested && { accuracy: tested.accuracy }), warnings };
}
