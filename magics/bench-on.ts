import type { AttachedDevice } from '../devices/attached-device.ts';
import { attachmentsOf } from '../devices/attachments.ts';
import { type BenchOnOptions, benchOn } from '../devices/bench/bench-on.ts';
import { soakOn } from '../devices/bench/soak-on.ts';
import { local } from '../devices/local.ts';
import { type Runtime, runtimeOf, runtimes } from '../devices/runtimes/index.ts';
import {
  type BenchReport,
  BenchTable,
  type Evaluation,
  evaluate,
  type NamedResult,
} from '../src/bench/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import { costWarnings, modelCost } from '../src/ops/index.ts';
import type { Report } from '../src/report.ts';
import { type BenchTask, benchOptions } from './bench-task.ts';
import { deviceOptions } from './device-options.ts';
import type { Context, DisplayHandle, ParsedLine, ProgressBar } from './magic.ts';
import { quantity } from './quantity.ts';

export interface OnDevices {
  readonly devices: readonly AttachedDevice[];
  readonly line: ParsedLine;
  readonly context: Context;
}

/** The devices that flags ask for; undefined to measure in the ordinary way here. Throws UsageError. */
export function devicesOf({ flags }: ParsedLine, { folder }: Context): readonly AttachedDevice[] | undefined {
  const { on, soak, runtime } = flags;
  if (on === undefined && soak === undefined && runtime === undefined) return undefined;
  if (soak !== undefined && (flags.runs !== undefined || flags.warmup !== undefined))
    throw new UsageError('%bench: --soak runs for a time: leave --runs and --warmup out');
  if (soak !== undefined && !runtimeFor(flags).soaks)
    throw new UsageError(
      `%bench: --soak needs a runtime that tells each part of it, not ${runtimeFor(flags).name}`,
    );
  return attachmentsOf(folder).named(typeof on === 'string' ? on : local);
}

const runtimeFor = ({ runtime }: ParsedLine['flags']): Runtime =>
  runtime === undefined ? runtimes[0]! : runtimeOf(String(runtime));

/** Measures each model on each device, and keeps that in the ledger. */
export async function benchOnDevices(tasks: readonly BenchTask[], job: OnDevices): Promise<BenchTable> {
  const results: NamedResult[] = [];
  for (const task of tasks) {
    const tested = task.data && (await testHere(task, job.context));
    for (const device of job.devices) results.push(await benchOne({ ...task, device, tested }, job));
  }
  return new BenchTable(results);
}

/** The accuracy of a model is that of its runtime here: the data does not travel. */
async function testHere({ variant, data }: BenchTask, { signal, progress }: Context): Promise<Evaluation> {
  const bar = progress(`test ${variant.name}`);
  const tested = await evaluate(variant.path, data!, { signal, onProgress: bar.update.bind(bar) });
  bar.done(`accuracy ${(100 * tested.accuracy).toFixed(2)} %, on this machine`);
  return tested;
}

interface One extends BenchTask {
  readonly device: AttachedDevice;
  readonly tested: Evaluation | undefined;
}

async function benchOne(
  { variant, device, tested }: One,
  { line, context }: OnDevices,
): Promise<NamedResult> {
  const { flags } = line;
  const cost = modelCost(variant.model);
  const bar = context.progress(
    `${flags.soak === undefined ? 'bench' : 'soak'} ${variant.name} on ${device.name}`,
  );
  const job = {
    runtime: runtimeFor(flags),
    model: { id: variant.id, content: () => variant.content() },
    options: benchOptions(flags, cost),
    watch: { signal: context.signal, onProgress: bar.update.bind(bar) },
    install: deviceOptions(context),
  };
  const report =
    flags.soak === undefined
      ? await kept(await benchOn(device, job), { variant, tested, context })
      : await soakOne({ ...job, device, variant, tested }, { line, context, bar });
  bar.done(`p50 ${report.latency.p50.toPrecision(3)} ms`);
  const accuracy = tested && { accuracy: tested.accuracy };
  const warnings = [...costWarnings(cost), ...(tested?.warnings ?? [])];
  return { name: variant.name, report, ...accuracy, warnings };
}

interface Kept {
  readonly variant: Variant;
  readonly tested: Evaluation | undefined;
  readonly context: Context;
}

/** The report, once the ledger has it. */
async function kept(report: BenchReport, { variant, tested, context }: Kept): Promise<BenchReport> {
  const measurement = report.toMeasurement(tested);
  const testedHere = tested && report.device !== local && { testedOn: local };
  const conditions = { ...measurement.conditions, ...testedHere };
  await (await context.ledger()).measure(variant, { ...measurement, conditions });
  return report;
}

/** Shows what became of it over time; an interrupted one too, whose figures are kept before the interrupt goes on. */
async function soakOne(
  { device, variant, tested, ...job }: Omit<One, 'data'> & BenchOnOptions,
  { line, context, bar }: Pick<OnDevices, 'line' | 'context'> & { readonly bar: ProgressBar },
): Promise<BenchReport> {
  const duration = quantity(String(line.flags.soak), soakRule);
  const { name, bytes: size } = variant;
  // Shown as it grows: an interrupted cell may end before all that was measured since is shown.
  let shown: DisplayHandle | undefined;
  const onReport = (report: Report) => {
    if (shown) shown.update(report);
    else shown = context.display(report);
  };
  const soaked = await soakOn(device, { ...job, name, duration, size, onReport });
  const { report, measured, interrupted } = soaked;
  onReport(report);
  if (measured) await kept(measured, { variant, tested, context });
  if (interrupted === undefined) return measured!;
  bar.done('interrupted, what was measured is kept');
  throw interrupted;
}

const soakRule = {
  what: '%bench: --soak',
  units: { s: 1e3, m: 6e4, min: 6e4, h: 3.6e6 },
  example: '30m',
} as const;
