import { type Displayable, Report } from '../../report.ts';
import type { FloatNode } from '../quantize-report.ts';
import type { OutputSqnr } from './output-sqnr.ts';

/** One weight or node as a scheme rewrote it. */
export interface Rewritten {
  readonly name: string;
  readonly op: string;
  /** What stands there now: operators, bits, grouping. */
  readonly form: string;
  /** SQNR of the stored weight in dB; null where the node has none. */
  readonly sqnr: number | null;
  /** Bytes of the weight before and after, scales and zero points included. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

interface SchemeFacts {
  readonly title: string;
  readonly rewritten: readonly Rewritten[];
  readonly left: readonly FloatNode[];
  /** Empty if there were no calibration data. */
  readonly outputs: readonly OutputSqnr[];
  readonly sizeBefore: number;
  readonly sizeAfter: number;
  readonly warnings: readonly string[];
}

/** What a quantization scheme did to a model: each weight, what stayed float and why, sizes, noise of the outputs. */
export class SchemeReport extends Report {
  readonly rewritten: readonly Rewritten[];
  readonly left: readonly FloatNode[];
  readonly outputs: readonly OutputSqnr[];
  /** Bytes of the model as a file. */
  readonly sizeBefore: number;
  readonly sizeAfter: number;

  constructor({ title, rewritten, left, outputs, sizeBefore, sizeAfter, warnings }: SchemeFacts) {
    const percent = ((100 * sizeAfter) / sizeBefore).toFixed(1);
    super({
      title: `${title}: ${kB(sizeBefore)} to ${kB(sizeAfter)} (${percent} %), ${left.length} nodes left float`,
      columns: [
        { key: 'name', header: 'name' },
        { key: 'op', header: 'operator' },
        { key: 'form', header: 'is now' },
        { key: 'sqnr', header: 'SQNR', unit: 'dB', decimals: 1 },
        { key: 'bytesBefore', header: 'before', unit: 'B' },
        { key: 'bytesAfter', header: 'after', unit: 'B' },
      ],
      rows: rewritten.map((row) => ({ ...row })),
      charts: [outputTable(outputs), leftTable(left)].flat(),
      warnings,
    });
    this.rewritten = rewritten;
    this.left = left;
    this.outputs = outputs;
    this.sizeBefore = sizeBefore;
    this.sizeAfter = sizeAfter;
  }
}

function outputTable(outputs: readonly OutputSqnr[]): Displayable[] {
  if (outputs.length === 0) return [];
  const columns = [
    { key: 'name', header: 'output' },
    { key: 'sqnr', header: 'SQNR', unit: 'dB', decimals: 1 },
  ];
  return [
    new Report({ title: 'Outputs beside the float model', columns, rows: outputs.map((o) => ({ ...o })) }),
  ];
}

function leftTable(left: readonly FloatNode[]): Displayable[] {
  if (left.length === 0) return [];
  const columns = [
    { key: 'node', header: 'node' },
    { key: 'op', header: 'operator' },
    { key: 'reason', header: 'because' },
  ];
  return [new Report({ title: 'Left float', columns, rows: left.map((node) => ({ ...node })) })];
}

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
