import { Report } from '../../../report.ts';

/** What a repair did to one layer. Errors are mean squares over that of the float outputs. */
export interface LayerRow {
  readonly [key: string]: string | number | null;
  readonly layer: string;
  readonly op: string;
  readonly before: number;
  readonly after: number;
  /** Share of the integers that are others than before. */
  readonly changed: number;
}

const columns = [
  { key: 'layer', header: 'Layer' },
  { key: 'op', header: 'Operator' },
  { key: 'before', header: 'Error before', unit: '%', scale: 100, significant: 3 },
  { key: 'after', header: 'Error after', unit: '%', scale: 100, significant: 3 },
  { key: 'changed', header: 'Integers changed', unit: '%', scale: 100, decimals: 1 },
];

/** Rows of layers; `left` says why others are as they were. */
export function layerReport(
  title: string,
  rows: readonly LayerRow[],
  left: ReadonlyMap<string, string>,
): Report<LayerRow> {
  const warnings = [...left].map(([name, reason]) => `${name} is as it was: ${reason}`);
  return new Report({ title, columns, rows, warnings });
}

export const meanOf = (numbers: Float32Array): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
