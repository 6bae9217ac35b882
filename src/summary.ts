import { formatShape, type Model } from './ir/index.ts';
import { modelCost } from './ops/index.ts';
import { barFigure } from './plot/index.ts';
import { Report } from './report.ts';

/**
 * Layer by layer: operator, output shape, parameters and multiply-accumulates for one sample (a symbolic batch counts
 * as 1), with a chart of where they are.
 */
export function summarize(model: Model, { name = model.graph.name } = {}): Report {
  const { layers, parameters, macs } = modelCost(model);
  const rows = layers.map(({ node, op, parameters, macs }) => ({
    layer: node.name || node.output().name,
    op,
    output: formatShape(node.outputs[0]?.shape),
    parameters,
    macs,
    share: macs,
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
      barFigure({
        title: 'Share of each layer',
        y: '% of the model',
        categories: heavy.map((row) => row.layer),
        series: [
          {
            name: 'parameters',
            values: heavy.map((row) => (100 * row.parameters) / Math.max(1, parameters)),
          },
          { name: 'MACs', values: heavy.map((row) => (100 * row.macs) / Math.max(1, macs)) },
        ],
      }),
    ],
  });
}
