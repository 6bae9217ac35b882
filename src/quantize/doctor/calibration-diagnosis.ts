import { barFigure, curveFigure, type Figure } from '../../plot/index.ts';
import { type Column, Report, type Row } from '../../report.ts';
import type { NormMatch } from './batch-statistics.ts';
import { RangeGrowth, rangeOf } from './convergence.ts';
import type { Evidence } from './evidence.ts';
import { normDrift } from './norm-drift.ts';
import type { SampleRanges } from './sample-ranges.ts';
import { enoughInOrder, extremeSetters, sufficientSubset } from './sufficient.ts';

/** Something that is wrong, and the check that found it. */
export interface Finding {
  readonly check: string;
  readonly message: string;
}

/** How few samples would do, for min-max ranges within the tolerance at each end. */
export interface Sufficient {
  /** The first so many, in the order of the calibration. */
  readonly inOrder: number;
  /** Indices of a small set of samples that gives the same. */
  readonly subset: readonly number[];
}

export interface DiagnosisInit {
  readonly evidence: Evidence;
  readonly norms: readonly NormMatch[];
  readonly findings: readonly Finding[];
}

/** What a calibration set is worth: how ranges converge over its samples, how few would do, and what is wrong with it. */
export class CalibrationDiagnosis extends Report {
  readonly samples: number;
  readonly findings: readonly Finding[];
  readonly sufficient: Sufficient;

  constructor({ evidence, norms, findings }: DiagnosisInit) {
    const { values, unsplit, samples, tolerance } = evidence;
    const inOrder = values.map((value) => enoughInOrder(value, tolerance));
    const sufficient = {
      inOrder: Math.max(1, ...inOrder),
      subset: sufficientSubset(values, tolerance),
    };
    const percent = `${Number((100 * tolerance).toPrecision(3))} %`;
    super({
      title: `Calibration with ${samples} samples: the first ${sufficient.inOrder}, or ${sufficient.subset.length} chosen ones, give all min-max ranges to ${percent}${verdict(findings)}`,
      columns,
      rows: values.map((value, i) => rowOf(value, inOrder[i]!)),
      charts: [
        ...figures(values),
        subsetReport(sufficient.subset),
        ...(norms.length > 0 ? [normReport(norms)] : []),
      ],
      warnings: [...findings.map(({ message }) => message), ...kindNote(evidence), ...unsplitNote(unsplit)],
    });
    this.samples = samples;
    this.findings = findings;
    this.sufficient = sufficient;
  }
}

/** What could not be looked at, as the model no longer knows its training data, and what was instead. */
function kindNote({ norms, expectedInput, standardized }: Evidence): string[] {
  if (norms.length > 0) return [];
  const looked = [
    ...(expectedInput ? ["the input's range"] : []),
    ...(standardized ? ["the input's mean and deviation"] : []),
  ];
  const instead =
    looked.length > 0
      ? `only ${looked.join(', ')} against the normalization of training`
      : 'nor is the normalization of training known, only whether the input looks like raw bytes';
  return [
    `Not checked whether the data are of the kind that the model was trained on: it has no BatchNormalization that remembers them, ${instead}. Diagnose the model as it was trained, before batch normalization is folded`,
  ];
}

/** In the title, as the warnings stand below a table that can be long. */
const verdict = (findings: readonly Finding[]): string =>
  findings.length > 0 ? `. Found wrong: ${findings.map(({ check }) => check).join(', ')}` : '';

const subsetReport = (subset: readonly number[]): Report =>
  new Report({
    title: `Samples that give the same ranges alone: ${subset.length}`,
    columns: [{ key: 'samples', header: 'samples', wrap: 80 }],
    rows: [{ samples: subset.join(', ') }],
  });

function unsplitNote(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const some = names.slice(0, 3).map((name) => `'${name}'`);
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return [`Nothing is said of ${some.join(', ')}${more}: their first dimension does not divide into samples`];
}

const columns: readonly Column[] = [
  { key: 'value', header: 'value' },
  { key: 'min', header: 'min', significant: 3 },
  { key: 'max', header: 'max', significant: 3 },
  { key: 'growth', header: 'last doubling', unit: '%', scale: 100, decimals: 1, signed: true },
  { key: 'enough', header: 'samples needed' },
  { key: 'minSetBy', header: 'min set by' },
  { key: 'maxSetBy', header: 'max set by' },
];

function rowOf(value: SampleRanges, enough: number): Row {
  const { min, max } = rangeOf(value);
  return {
    value: value.name,
    min,
    max,
    growth: new RangeGrowth(value).lastDoubling,
    enough,
    minSetBy: min < 0 ? value.min.indexOf(min) : null,
    maxSetBy: max > 0 ? value.max.indexOf(max) : null,
  };
}

const mostCurves = 6;
const mostSetters = 10;

/** The values that grow longest, and the samples that set most ends. */
function figures(values: readonly SampleRanges[]): Figure[] {
  const growths = values.map((value) => new RangeGrowth(value));
  const worst = growths
    .toSorted((a, b) => b.lastDoubling - a.lastDoubling)
    .slice(0, mostCurves)
    .map(({ name, curve }) => ({
      name,
      x: curve.map(({ samples }) => samples),
      y: curve.map(({ part }) => 100 * part),
    }));
  const setters = extremeSetters(values).slice(0, mostSetters);
  return [
    ...(worst.length > 0
      ? [
          curveFigure(worst, {
            title: 'Ranges over samples, those that grow longest (mean over all choices of samples)',
            x: { title: 'Samples', scale: 'log' },
            y: { title: 'Part of the final range', unit: '%', include: [100] },
          }),
        ]
      : []),
    ...(setters.length > 0
      ? [
          barFigure(
            setters.map(({ sample, ends }) => ({ name: `sample ${sample}`, value: ends })),
            {
              title: 'Samples that set the extremes',
              value: { title: 'Ends of ranges', include: [0] },
              category: 'Sample',
            },
          ),
        ]
      : []),
  ];
}

/** What each BatchNormalization expects, mean and three deviations of all of its channels, and what it got. */
function normReport(norms: readonly NormMatch[]): Report {
  const rows = norms.map((norm) => {
    const { shift, spread, alive, dead } = normDrift(norm);
    const ends = (of: (channel: NormMatch['channels'][number]) => [mean: number, deviation: number]) => {
      const pairs = norm.channels.map(of);
      return {
        low: Math.min(...pairs.map(([mean, deviation]) => mean - 3 * deviation)),
        high: Math.max(...pairs.map(([mean, deviation]) => mean + 3 * deviation)),
      };
    };
    const trained = ends((channel) => [channel.trainedMean, channel.trainedDeviation]);
    const seen = ends((channel) => [channel.mean, channel.deviation]);
    return {
      node: norm.node.replace(/^BatchNormalization /, ''),
      ...{ trainedLow: trained.low, trainedHigh: trained.high, seenLow: seen.low, seenHigh: seen.high },
      ...{ shift, spread, dead, alive },
    };
  });
  return new Report({ title: 'Against the memory of batch normalization', columns: normColumns, rows });
}

const normColumns: readonly Column[] = [
  { key: 'node', header: 'batch normalization' },
  { key: 'trainedLow', header: 'trained −3σ', significant: 3 },
  { key: 'trainedHigh', header: 'trained +3σ', significant: 3 },
  { key: 'seenLow', header: 'seen −3σ', significant: 3 },
  { key: 'seenHigh', header: 'seen +3σ', significant: 3 },
  { key: 'shift', header: 'mean moved', unit: 'σ', decimals: 2 },
  { key: 'spread', header: 'spread', unit: 'times', decimals: 2 },
  { key: 'dead', header: 'dead' },
  { key: 'alive', header: 'of channels' },
];
