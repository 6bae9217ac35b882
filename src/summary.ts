import { formatShape, type Model } from './ir/index.ts';
import { costWarnings, modelCost } from './ops/index.ts';
import { barFigure } from './plot/index.ts';
import { Report } from './report.ts';

/**
 * Layer by layer: operator, output shape, parameters and multiply-accumulates for one sample (those of one run over
 * the batch, of which an open one counts as 1), with a chart of where they are. Operators that cannot be counted are named in a warning.
 */
export function modelSummary(model: Model, { name = model.graph.name } = {}): Report {
  const cost = modelCost(model);
  const { batch, layers, parameters } = cost;
  const macs = cost.macs / batch;
  const rows = layers.map(({ node, op, parameters, macs }) => ({
    layer: node.name || node.output().name,
    op,
    output: formatShape(node.outputs[0]?.shape),
    parameters,
    macs: macs / batch,
  }));
  const total = { layer: 'total', op: '', output: '', parameters, macs };
  const heavy = rows.filter((row) => row.parameters > 0 || row.macs > 0);
  return new Report({
    title: `${name}: ${layers.length} layers, ${parameters.toLocaleString('en-US')} parameters, ${macs.toLocaleString('en-US')} MACs per sample`,
    columns: [
      { key: 'layer', header: 'layer' },
      { key: 'op', header: 'operator' },
      { key: 'output', header: 'output' },
      { key: 'parameters', header: 'parameters' },
      { key: 'macs', header: 'MACs' },
    ],
    rows: [...rows, total],
    charts: [
      shareFigure(heavy, 'parameters', 'Where the parameters are'),
      shareFigure(heavy, 'macs', 'Where the work is (multiply-accumulates)'),
    ],
    warnings: costWarnings(cost),
  });
}

/** Bars of each layer's part of a sum, in percent. */
function shareFigure<K extends 'parameters' | 'macs'>(
  rows: readonly ({ layer: string } & Record<K, number>)[],
  key: K,
  title: string,
) {
  const total = rows.reduce((sum, row) => sum + row[key], 0) || 1;
  const bars = rows.map((row) => ({ name: row.layer, value: (100 * row[key]) / total }));
  return barFigure(bars, { title, value: { title: 'Share', unit: '%' } });
}
