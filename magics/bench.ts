import { BenchTable, evaluate, bench as measure, type NamedResult } from '../src/bench/index.ts';
import type { Dataset } from '../src/data/index.ts';
import type { Variant } from '../src/ledger/index.ts';
import { modelCost } from '../src/ops/index.ts';
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
    { name: 'batch', kind: 'number', summary: 'samples per run', default: 1 },
    { name: 'runs', kind: 'number', summary: 'measured runs; default: as many as a second takes' },
    { name: 'warmup', kind: 'number', summary: 'runs before the measured ones' },
    { name: 'threads', kind: 'number', summary: 'threads inside one operator; default: all cores' },
  ],
  examples: ['%bench cnn small', '%bench cnn --batch 32 --threads 1'],
  result: 'BenchTable',
  async run(line, context) {
    const results: NamedResult[] = [];
    for (const name of line.positionals) {
      results.push(await benchVariant(await variantOf(name, context), line, context));
    }
    return new BenchTable(results);
  },
};

async function benchVariant(variant: Variant, { flags }: ParsedLine, context: Context): Promise<NamedResult> {
  const { signal } = context;
  const bar = context.progress(`bench ${variant.name}`);
  const onProgress = bar.update.bind(bar);
  const { parameters, macs } = modelCost(variant.model);
  const report = await measure(variant.path, {
    batch: flags.batch as number,
    runs: flags.runs as number | undefined,
    warmup: flags.warmup as number | undefined,
    threads: flags.threads as number | undefined,
    parameters,
    macs,
    signal,
    onProgress,
  });
  const data = await testData(variant, { flags, context });
  const accuracy = data && (await evaluate(variant.path, data, { signal, onProgress })).accuracy;
  const ledger = await context.ledger();
  await ledger.measure(variant.id, report.toMeasurement(accuracy));
  const p50 = `p50 ${report.latency.p50.toPrecision(3)} ms`;
  bar.done(accuracy === undefined ? p50 : `${p50}, accuracy ${(100 * accuracy).toFixed(2)} %`);
  return { name: variant.name, report, ...(accuracy !== undefined && { accuracy }) };
}

async function testData(
  variant: Variant,
  { flags, context }: { flags: ParsedLine['flags']; context: Context },
): Promise<Dataset | undefined> {
  const name = flags.data ?? variant.data;
  return typeof name === 'string' ? datasetOf(name, context) : undefined;
}
