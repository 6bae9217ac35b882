import { UsageError } from '../../errors.ts';

/** What a sample's outputs are compared with. */
export interface Truth {
  /** Class; undefined for data without labels. */
  readonly label: number | undefined;
  /** The float model's output for the same sample. */
  readonly float: Float32Array;
}

/** A score per sample in [0, 1], larger is better, whose mean must not drop. */
export interface Metric {
  readonly name: string;
  readonly summary: string;
  readonly needsLabels: boolean;
  /** `output`: float32, one sample's part of the model's first output. */
  score(output: Float32Array, truth: Truth): number;
}

export const metrics: readonly Metric[] = [
  {
    name: 'top1',
    summary: 'share of samples whose highest score is that of their class',
    needsLabels: true,
    score: (output, { label }) => Number(largest(output) === label),
  },
  {
    name: 'top5',
    summary: 'share of samples whose class is among the five highest scores',
    needsLabels: true,
    score: (output, { label }) => Number(output.filter((x) => x > output[label!]!).length < 5),
  },
  {
    name: 'agreement',
    summary: "share of samples whose highest score is the float model's; needs no labels",
    needsLabels: false,
    score: (output, { float }) => Number(largest(output) === largest(float)),
  },
  {
    name: 'fidelity',
    summary:
      "1 less the energy of the error relative to the float model's output; for any output, needs no labels",
    needsLabels: false,
    score: fidelity,
  },
];

/** Throws UsageError for an unknown name. */
export function metricOf(name: string): Metric {
  const metric = metrics.find((one) => one.name === name);
  if (metric) return metric;
  throw UsageError.unknown('metric', name, new Set(metrics.map((one) => one.name)));
}

function largest(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return Number.isNaN(row[best]) ? -1 : best;
}

function fidelity(output: Float32Array, { float }: Truth): number {
  let noise = 0;
  let signal = 0;
  for (let i = 0; i < output.length; i++) {
    noise += (output[i]! - float[i]!) ** 2;
    signal += float[i]! ** 2;
  }
  if (noise === 0) return 1;
  return Math.max(0, 1 - noise / (signal || Number.MIN_VALUE)) || 0;
}
