import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from '../../../src/report.ts';
import type { Panel } from './panel.ts';

const columns: Panel['columns'] = [
  { key: 'name', header: 'variant' },
  { key: 'step', header: 'made by' },
  { key: 'parent', header: 'from' },
  { key: 'bytes', header: 'size', unit: 'kB', scale: 1e-3, decimals: 1 },
  { key: 'accuracy', header: 'accuracy', unit: '%', scale: 100, decimals: 2 },
  { key: 'p50', header: 'p50', unit: 'ms', significant: 3 },
  { key: 'device', header: 'on' },
];

/** The ledger beside the notebook as a table, newest first: a name that was used again stands for its newest variant. */
export async function variantsPanel(cwd: string): Promise<Panel> {
  const folder = join(cwd, '.edgebook');
  return {
    ...{ name: 'Variants', key: 'name', columns, rows: existsSync(folder) ? await rowsOf(folder) : [] },
    ...{ selected: 0, sorted: undefined, isDescending: false, marked: new Set<string>() },
    empty: 'No variants yet: %train or %load makes the first',
  };
}

async function rowsOf(folder: string): Promise<Row[]> {
  const [{ Ledger }, codec] = await Promise.all([
    import('../../../src/ledger/index.ts'),
    import('../../../src/onnx/index.ts'),
  ]);
  const ledger = await Ledger.open(folder, codec);
  const measured = new Map(ledger.measurements().map((measurement) => [measurement.variant, measurement]));
  return ledger
    .variants()
    .reverse()
    .map((variant) => {
      const { name, step, bytes, metrics, id } = variant;
      const { metrics: figures, device } = measured.get(id) ?? {};
      const parent = variant.lineage().at(-2)?.name;
      return { name, step, parent, bytes, accuracy: metrics.accuracy, p50: figures?.p50, device };
    });
}
