import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Json, Variant } from '../src/ledger/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import {
  ChannelReport,
  measuredLatencies,
  type PruneProgress,
  type PruneReport,
  prune as pruneModel,
} from '../src/prune/index.ts';
import { keptOrMade, type MadeVariant } from './kept.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { deviceKey } from './measure-on.ts';
import { pruneFlags } from './prune-flags.ts';
import { type Meter, meterOn } from './prune-measure.ts';
import { askedLatency, askedPruning, inPruneFlags } from './prune-options.ts';
import { type Compared, comparedOnTest } from './prune-test.ts';
import { datasetOf, identifier, variantOf } from './resolve.ts';
import { scannedModel } from './sensitivity.ts';

export const prune: Magic<Variant> = {
  name: 'prune',
  summary: 'Remove the channels or weights that matter least, train on, and compare accuracy, size and time',
  positionals: [{ name: 'model', summary: 'a trained float model', required: true, completes: 'model' }],
  flags: pruneFlags,
  examples: [
    '%prune cnn --macs 0.5 --round-to 8',
    "const small = %prune resnet8 --sparsity 0.6 --importance taylor --keep 'head*' --distill",
    '%prune resnet8 --latency 2ms --epochs 2 --lr 2e-3',
    '%prune cnn --unstructured --sparsity 0.9 --schedule polynomial',
    '%prune cnn --n:m 2:4',
  ],
  result: 'Variant',
  binds: (line) => nameOf(line),
  run: async (line, context) => {
    try {
      return await runPrune(line, context);
    } catch (error) {
      throw error instanceof UsageError
        ? new UsageError(inPruneFlags(error.message), { cause: error })
        : error;
    }
  },
};

const nameOf = ({ positionals: [model = ''], flags }: ParsedLine): string =>
  identifier(typeof flags.as === 'string' ? flags.as : `${model}_pruned`);

/** A pruning, with all that it is done by. */
interface Job {
  readonly parent: Variant;
  readonly data: Dataset;
  readonly meter: Meter;
  readonly asked: ReturnType<typeof askedPruning>;
  /** ms that a run may take. */
  readonly limit: number | undefined;
  readonly context: Context;
}

async function runPrune(line: ParsedLine, context: Context): Promise<Variant> {
  const { flags } = line;
  const parent = await variantOf(line.positionals[0]!, context);
  const data = await datasetOf(String(flags.data ?? parent.data ?? 'mnist'), context);
  const meter = meterOn(String(flags.on), data, context);
  const job: Job = {
    ...{ parent, data, meter, context },
    ...{ asked: askedPruning(line, data), limit: askedLatency(flags) },
  };
  if (flags.sensitivity) await showSensitivity(line, job);
  const label = `prune ${parent.name}`;
  const { asked, limit } = job;
  const input = {
    ...{ step: 'prune', model: parent.id, label, name: nameOf(line), data, parent },
    options: {
      ...(asked as Readonly<Record<string, Json>>),
      on: deviceKey(String(flags.on), context),
      ...(limit !== undefined && { latency: limit }),
      ...(flags.test !== undefined && { test: flags.test as number }),
    },
    isFresh: flags.fresh === true,
  };
  return keptOrMade(input, context, () => prunedAndTested(line, job));
}

async function prunedAndTested({ flags }: ParsedLine, job: Job): Promise<MadeVariant> {
  const { parent, data, context } = job;
  const { signal } = context;
  const bar = context.progress(`prune ${parent.name}`);
  const { model, report } = await pruned(job, (progress) => bar.update(progress));
  const models = { before: parent.model, after: model };
  const test = await comparedOnTest(models, data, {
    ...{ limit: flags.test as number | undefined, training: job.asked.training ?? {}, signal },
    onProgress: (progress) => bar.update(progress),
  });
  const told = await measured(report, models, job);
  bar.done(test.message);
  return {
    ...{ model: writeModel(model), step: 'prune', metrics: test.metrics },
    options: recordedOf(job, { report, device: String(flags.on) }),
    ...(test.tested !== undefined && { tested: test.tested }),
    report: withTest(told, test),
  };
}

async function showSensitivity({ flags }: ParsedLine, { parent, data, context }: Job): Promise<void> {
  const bar = context.progress(`sensitivity of ${parent.name}`);
  const { samples: _, ...own } = flags;
  context.display(
    await scannedModel(parent.model, data, {
      ...{ flags: own, signal: context.signal, onProgress: (progress) => bar.update(progress) },
    }),
  );
  bar.done();
}

/** Prunes with a progress bar and, while it trains, a curve; an interruption of the training keeps what is reached. */
async function pruned(
  { parent, data, meter, asked, limit, context }: Job,
  update: (progress: PruneProgress) => void,
): Promise<{ model: Variant['model']; report: PruneReport }> {
  const curve = asked.epochs === 0 ? undefined : context.curve?.(`prune ${parent.name}`);
  try {
    return await pruneModel(parent.model, data, {
      ...asked,
      ...(limit !== undefined && { latency: { limit, measure: meter.measure } }),
      ...{ signal: context.signal, keepInterrupted: true },
      onProgress: (progress) => {
        update(progress);
        if (progress.steps) curve?.update(progress.steps);
      },
    });
  } finally {
    curve?.done();
  }
}

/** The report with the time of a run, measured unless the user has had enough. */
async function measured(
  report: PruneReport,
  models: Parameters<typeof measuredLatencies>[1],
  { meter, limit, context }: Job,
): Promise<PruneReport> {
  if (context.signal.aborted) return report;
  const latencies = await measuredLatencies(meter.measure, models, meter.where);
  const told = report.withLatency(latencies);
  // A busy machine gives other times from one minute to the next.
  return limit === undefined || latencies.after <= limit
    ? told
    : told.withNote(
        `A run took ${latencies.after.toFixed(3)} ms when it was measured again, more than --latency asks for: machines vary, ask for less to be sure`,
      );
}

/** What makes the same again: for a time that was asked for, the share that was found. */
function recordedOf(
  { asked, limit, context }: Job,
  { report, device }: { readonly report: PruneReport; readonly device: string },
): Readonly<Record<string, Json>> {
  const found = report.pruning instanceof ChannelReport ? report.pruning.sparsity : 0;
  return {
    ...(asked as Readonly<Record<string, Json>>),
    // Where nothing had to go, so small a share that nothing goes.
    ...(limit !== undefined && { sparsity: Math.max(found, 1e-9), latency: { limit, on: device } }),
    ...(context.signal.aborted && { interrupted: true }),
  };
}

function withTest(report: PruneReport, { part, note }: Compared): PruneReport {
  const noted = note ? report.withNote(note) : report;
  return part ? noted.withPart(part) : noted;
}
