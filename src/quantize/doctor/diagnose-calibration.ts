import type { Normalization } from '../../data/index.ts';
import { UsageError } from '../../errors.ts';
import type { Graph, Model, Value } from '../../ir/index.ts';
import { constantOf, opOf } from '../../ops/index.ts';
import type { WorkOptions } from '../../report.ts';
import type { Feeds } from '../../runtime/index.ts';
import { type Calibration, calibrate } from '../calibrate.ts';
import type { Range } from '../observer.ts';
import type { PlanOptions } from '../plan.ts';
import { planOf, prepare } from '../prepare.ts';
import { BatchStatistics } from './batch-statistics.ts';
import { CalibrationDiagnosis, type Finding } from './calibration-diagnosis.ts';
import { checks } from './checks/index.ts';
import type { Evidence } from './evidence.ts';
import { FeedStatistics } from './input-statistics.ts';
import { normDrift } from './norm-drift.ts';
import { type SampleRanges, SampleRecorder } from './sample-ranges.ts';

export interface DiagnoseOptions extends WorkOptions, PlanOptions {
  /** How the training data became input: `dataset.normalization`. Not needed where the model has batch normalization. */
  readonly normalization?: Normalization;
  /** Part of a range's width that does not matter. Default 0.05. */
  readonly tolerance?: number;
  /** Number of calibration batches, for progress, where it is known. */
  readonly batches?: number;
}

/**
 * Says what a calibration set is worth for a float model, best as it was trained, with its BatchNormalization: whether
 * ranges still grow with more samples, which few samples would do, and whether the data are in the numbers and of the
 * kind that it was trained on. Runs the model twice on every batch; keeps 8 bytes a sample and value.
 * Throws as `calibrate` does; UsageError for a tolerance that is no part, ModelError for a quantized model.
 */
export async function diagnoseCalibration(
  model: Model,
  calibration: Calibration,
  options: DiagnoseOptions = {},
): Promise<CalibrationDiagnosis> {
  const { normalization, tolerance = 0.05 } = options;
  if (!(tolerance > 0 && tolerance < 1))
    throw new UsageError(`The tolerance must be a part of a range, above 0 and below 1, was ${tolerance}`);
  const float = prepare(model);
  const fed = new FeedStatistics();
  const recorder = new SampleRecorder();
  const statistics = await BatchStatistics.create(model);
  try {
    await calibrate(float, rootsOf(float, options), {
      ...options,
      calibration: shownTo(calibration, [
        async (feeds) => fed.add(feeds),
        (feeds) => statistics?.observe(feeds),
      ]),
      observer: recorder.observer,
    });
  } finally {
    await statistics?.release();
  }
  const norms = statistics?.matches ?? [];
  const expectedInput = normalization && inputRangeOf(normalization);
  const recorded = recorder.ranges;
  const isSplit = ({ min }: SampleRanges) => min.length === fed.samples;
  const evidence: Evidence = {
    ...{ samples: fed.samples, different: fed.different, inputs: fed.inputs, tolerance },
    values: recorded.filter(isSplit),
    unsplit: recorded.filter((value) => !isSplit(value)).map(({ name }) => name),
    norms: norms.map(normDrift),
    unscaledInputs: unscaledInputs(float.graph),
    standardized: normalization !== undefined && isStandardizing(normalization),
    ...(expectedInput && { expectedInput }),
  };
  return new CalibrationDiagnosis({ evidence, norms, findings: findingsOf(evidence) });
}

const findingsOf = (evidence: Evidence): Finding[] =>
  checks.flatMap((check) => {
    const message = check.find(evidence);
    return message === undefined ? [] : [{ check: check.name, message }];
  });

/** Names of the values whose ranges will be needed. */
function rootsOf(float: Model, options: PlanOptions): string[] {
  const roots = new Set(planOf(float, options).activations.values());
  return [...roots].filter((root) => !constantOf(root)).map(({ name }) => name);
}

async function* shownTo(
  calibration: Calibration,
  witnesses: readonly ((feeds: Feeds) => Promise<void> | undefined)[],
): AsyncGenerator<Feeds, void> {
  for await (const feeds of calibration) {
    for (const witness of witnesses) await witness(feeds);
    yield feeds;
  }
}

/** What bytes can become under a normalization; undefined for other data, which can be anything. */
function inputRangeOf({ scale, mean, std }: Normalization): Range | undefined {
  if (scale === 1) return undefined;
  const ends = (stored: number) => mean.map((m, channel) => (stored * scale - m) / std[channel]!);
  return { min: Math.min(...ends(0)), max: Math.max(...ends(255)) };
}

/** Whether it takes a mean away and divides by a deviation. */
const isStandardizing = ({ mean, std }: Normalization): boolean =>
  mean.some((m) => m !== 0) && std.some((s) => s !== 1);

/** Inputs that reach weights with nothing in between but what moves numbers. */
function unscaledInputs(graph: Graph): Set<string> {
  const reachesWeights = (value: Value): boolean =>
    value.uses.length > 0 &&
    value.uses.every(({ node }) => {
      const kind = opOf(node)?.quantize?.kind;
      return kind === 'weighted' || (kind === 'same-scale' && reachesWeights(node.output()));
    });
  return new Set(graph.feeds.filter(reachesWeights).map(({ name }) => name));
}
