import { Report, type Row } from '../../report.ts';
import type { TrainingReport } from '../../train/index.ts';
import type { Encodings } from '../encodings.ts';
import { bitsLabel, bitsOf } from './bits.ts';

interface QatFacts {
  readonly before: Encodings;
  readonly after: Encodings;
  readonly training: TrainingReport;
  /** Validation loss before the first step, if there is a validation split. */
  readonly startLoss: number | undefined;
  /** Whether no epoch was better than the start, which then is the result. */
  readonly isWorse: boolean;
}

/** What training with integers did: a row a weight and activation, how far its scale moved, how many integers changed. */
export class QatReport extends Report {
  /** How the float weights behind the integers were trained. */
  readonly training: TrainingReport;
  /** Validation loss before the first step, if there was a validation split. */
  readonly startLoss: number | undefined;

  constructor({ before, after, training, startLoss, isWorse }: QatFacts) {
    super({
      title: `${bitsLabel(after)}: ${training.title}${validated(training, startLoss)}`,
      columns: [
        { key: 'name', header: 'tensor' },
        { key: 'kind', header: 'kind' },
        { key: 'bits', header: 'bits' },
        { key: 'scales', header: 'scales' },
        { key: 'scaleChange', header: 'mean scale change', unit: '%', scale: 100, decimals: 2, signed: true },
        { key: 'changed', header: 'integers changed', unit: '%', scale: 100, decimals: 2 },
      ],
      rows: isWorse ? [] : [...weightRows(before, after), ...activationRows(before, after)],
      charts: [training],
      warnings: isWorse
        ? [
            'No epoch was better than the start on the validation split: the result is as it was before. Lower the learning rate, or train longer',
          ]
        : [],
    });
    this.training = training;
    this.startLoss = startLoss;
  }
}

/** `; validation loss 0.1234 to 0.0321`. */
function validated({ validation }: TrainingReport, startLoss: number | undefined): string {
  const best = Math.min(...validation.map(({ loss }) => loss));
  return startLoss === undefined ? '' : `; validation loss ${startLoss.toFixed(4)} to ${best.toFixed(4)}`;
}

function weightRows(before: Encodings, after: Encodings): Row[] {
  return [...after.weights].map(([name, { weight, integers }]) => {
    const old = before.weights.get(name)!.weight;
    const data = weight.tensor.data as Int8Array;
    const oldData = old.tensor.data as Int8Array;
    const changed = data.reduce((sum, integer, i) => sum + Number(integer !== oldData[i]), 0) / data.length;
    const ratios = weight.scales.map((scale, i) => scale / old.scales[i]!);
    const scaleChange = ratios.reduce((a, b) => a + b, 0) / ratios.length - 1;
    return { name, kind: 'weight', bits: bitsOf(integers), scales: ratios.length, scaleChange, changed };
  });
}

function activationRows(before: Encodings, after: Encodings): Row[] {
  return [...after.activations].map(([name, { scale, integers }]) => ({
    ...{ name, kind: 'activation', bits: bitsOf(integers), scales: 1 },
    scaleChange: scale / before.activations.get(name)!.scale - 1,
  }));
}
