import { formatShape, type Model } from '../ir/index.ts';
import { costWarnings, type ModelCost, modelCost } from '../ops/index.ts';
import { barFigure } from '../plot/index.ts';
import { type Column, Report } from '../report.ts';

/** One layer, or all of them. */
export interface SummaryRow {
  readonly layer: string;
  readonly op: string;
  readonly output: string;
  readonly parameters: number;
  /** Of all parameters, in percent; null for the total. */
  readonly parameterShare: number | null;
  /** Of the parameters, as the model stores them. */
  readonly parameterBytes: number;
  /** For one sample. */
  readonly macs: number;
  readonly macShare: number | null;
  /** That the layer reads and writes for one run over the batch. */
  readonly traffic: number;
}

/**
 * Layer by layer: operator, output shape, parameters and their bytes, multiply-accumulates for one sample (those of one
 * run over the batch, of which an open one counts as 1), bytes that a run reads and writes; with bars of the layers'
 * shares, and charts of where they are. Operators that cannot be counted are named in a warning.
 */
export function modelSummary(model: Model, { name = model.graph.name } = {}): Report<SummaryRow & Row> {
  const cost = modelCost(model);
  const rows = rowsOf(cost);
  const sum = (key: NumberKey): number => rows.reduce((total, row) => total + row[key], 0);
  const total = {
    layer: 'total',
    op: '',
    output: '',
    parameters: cost.parameters,
    parameterShare: null,
    parameterBytes: sum('parameterBytes'),
    macs: sum('macs'),
    macShare: null,
    traffic: cost.bytes,
  };
  return new Report<SummaryRow & Row>({
    title: `${name}: ${rows.length} layers, ${grouped(cost.parameters)} parameters, ${grouped(total.macs)} MACs per sample`,
    columns: columnsOf(rows),
    rows: [...rows, total],
    charts: [
      shareFigure(rows, 'parameterShare', 'Where the parameters are'),
      shareFigure(rows, 'macShare', 'Where the work is (multiply-accumulates)'),
    ],
    warnings: costWarnings(cost),
  });
}

type Row = Readonly<Record<string, string | number | null>>;
type NumberKey = 'parameters' | 'parameterBytes' | 'macs' | 'traffic';
type ShareKey = 'parameterShare' | 'macShare';

const grouped = (value: number): string => value.toLocaleString('en-US');

function rowsOf({ layers, batch, parameters, macs }: ModelCost) {
  const share = (part: number, whole: number): number => (whole > 0 ? (100 * part) / whole : 0);
  return layers.map((layer) => ({
    layer: layer.node.name || layer.node.output().name,
    op: layer.op,
    output: formatShape(layer.node.outputs[0]?.shape),
    parameters: layer.parameters,
    parameterShare: share(layer.parameters, parameters),
    parameterBytes: layer.parameterBytes,
    macs: layer.macs / batch,
    macShare: share(layer.macs, macs),
    traffic: layer.bytes,
  }));
}

/** Bars are relative to the heaviest layer, so that those of a deep model can be told apart. */
function columnsOf(rows: readonly (SummaryRow & Row)[]): Column[] {
  const most = (key: ShareKey): number => rows.reduce((max, row) => Math.max(max, row[key] ?? 0), 0) || 100;
  const share = (key: ShareKey, header: string): Column => ({
    key,
    header,
    unit: '%',
    decimals: 1,
    bar: most(key),
  });
  const kilobytes = (key: NumberKey, header: string): Column => ({
    key,
    header,
    unit: 'kB',
    scale: 1e-3,
    decimals: 1,
  });
  return [
    { key: 'layer', header: 'layer' },
    { key: 'op', header: 'operator' },
    { key: 'output', header: 'output' },
    { key: 'parameters', header: 'parameters' },
    share('parameterShare', 'share'),
    { key: 'macs', header: 'MACs' },
    share('macShare', 'share'),
    kilobytes('parameterBytes', 'stored'),
    kilobytes('traffic', 'moved'),
  ];
}

/** Bars of more layers could not be read. */
const mostBars = 40;

/** Bars of each layer's part of a sum, in percent, in the model's order. */
function shareFigure(rows: readonly SummaryRow[], key: ShareKey, title: string) {
  const heavy = rows.filter((row) => row.parameters > 0 || row.macs > 0);
  const largest = new Set(heavy.toSorted((a, b) => (b[key] ?? 0) - (a[key] ?? 0)).slice(0, mostBars));
  const bars = heavy
    .filter((row) => largest.has(row))
    .map((row) => ({ name: row.layer, value: row[key] ?? 0 }));
  const left = heavy.length - bars.length;
  return barFigure(bars, {
    title: left > 0 ? `${title}: the ${mostBars} heaviest layers` : title,
    value: { title: 'Share', unit: '%', decimals: 1 },
  });
}
