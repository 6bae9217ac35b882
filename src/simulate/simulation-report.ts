import { Report } from '../report.ts';
import type { Cpu } from './cpu.ts';
import type { SaturationReport } from './saturation-report.ts';

interface SimulationFacts {
  readonly cpu: Cpu;
  readonly dataset: string;
  readonly split: string;
  readonly labels: ArrayLike<number>;
  /** Predicted classes of this machine's onnxruntime. */
  readonly here: readonly number[];
  /** Those of the simulated processor. */
  readonly there: readonly number[];
  readonly saturation: SaturationReport | undefined;
  readonly warnings: readonly string[];
}

/** The accuracy of a quantized model on a simulated processor, beside the one measured on this machine. */
export class SimulationReport extends Report {
  readonly cpu: string;
  /** 0..1, on the simulated processor. */
  readonly accuracy: number;
  /** 0..1, measured on this machine. */
  readonly accuracyHere: number;
  /** Share of the samples, 0..1, that both classify alike. */
  readonly agreement: number;
  readonly count: number;
  /** Where products saturate, on some of the samples; undefined for a processor where none can. */
  readonly saturation: SaturationReport | undefined;

  constructor({ cpu, dataset, split, labels, here, there, saturation, warnings }: SimulationFacts) {
    const count = there.length;
    const share = (right: (i: number) => boolean) => there.filter((_, i) => right(i)).length / count;
    const accuracy = share((i) => there[i] === labels[i]);
    const accuracyHere = share((i) => here[i] === labels[i]);
    const agreement = share((i) => there[i] === here[i]);
    const points = 100 * (accuracy - accuracyHere);
    super({
      title: `${percent(accuracy)} of ${count} ${dataset} ${split} samples right on ${cpu.name} (simulated), ${percent(accuracyHere)} on this machine`,
      columns: [
        { key: 'processor', header: 'processor' },
        { key: 'accuracy', header: 'accuracy', unit: '%', scale: 100, decimals: 2 },
        { key: 'agreement', header: 'classified as here', unit: '%', scale: 100, decimals: 2 },
      ],
      rows: [
        { processor: `${cpu.name} (simulated)`, accuracy, agreement },
        { processor: 'this machine (measured)', accuracy: accuracyHere, agreement: 1 },
      ],
      charts: saturation ? [saturation] : [],
      warnings: [...warnings, ...(points <= -1 ? [lossWarning(cpu, points, saturation)] : [])],
    });
    this.cpu = cpu.name;
    this.accuracy = accuracy;
    this.accuracyHere = accuracyHere;
    this.agreement = agreement;
    this.count = count;
    this.saturation = saturation;
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function lossWarning(cpu: Cpu, points: number, saturation: SaturationReport | undefined): string {
  const loss = `On ${cpu.name} the accuracy is ${(-points).toFixed(2)} points lower than here`;
  if (!saturation?.layers.some((layer) => layer.pairs > 0)) return loss;
  return `${loss}: sums of products saturate. Quantize with a reduced range, or set onnxruntime's session option session.x64quantprecision to 1 over there, which is slower`;
}
