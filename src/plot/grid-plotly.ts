import type { FigureGrid } from './figure-grid.ts';
import { type PlotlyFigure, plotlyText, toPlotly } from './plotly.ts';

const rowHeight = 190;
const top = 70;
/** Parts of the width and of a row's height that are left between panels. */
const spacing = { x: 0.06, y: 0.32 };

/** The panels as subplots of one plotly figure. */
export function gridPlotly(grid: FigureGrid): PlotlyFigure {
  const panels = grid.figures.map((figure) => toPlotly(figure));
  const rows = Math.ceil(panels.length / grid.columns);
  const places = panels.map((_, i) => placeOf(i, { columns: grid.columns, rows }));
  const [first] = panels;
  return {
    data: panels.flatMap(({ data }, i) =>
      data.map((trace) => ({ ...trace, xaxis: `x${number(i)}`, yaxis: `y${number(i)}`, showlegend: false })),
    ),
    layout: {
      ...first!.layout,
      title: { ...(first!.layout.title as object), text: plotlyText([grid.title, ...grid.notes].join('\n')) },
      ...Object.fromEntries(panels.flatMap((panel, i) => axesOf(panel, i, places[i]!))),
      annotations: grid.figures.map((figure, i) => ({
        text: plotlyText(figure.title),
        x: places[i]!.x[0],
        y: places[i]!.y[1],
        xref: 'paper',
        yref: 'paper',
        xanchor: 'left',
        yanchor: 'bottom',
        showarrow: false,
        font: { size: 12 },
      })),
      showlegend: false,
      margin: { l: 50, r: 20, t: top + grid.notes.length * 16, b: 40 },
      height: top + rows * rowHeight,
    },
    config: first!.config,
  };
}

interface Place {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Plotly numbers axes from the second on. */
const number = (index: number): string => (index === 0 ? '' : String(index + 1));

function placeOf(index: number, { columns, rows }: { columns: number; rows: number }): Place {
  const column = index % columns;
  const row = Math.floor(index / columns);
  const width = (1 - spacing.x * (columns - 1)) / columns;
  const height = 1 / rows;
  const left = column * (width + spacing.x);
  return {
    x: [left, left + width],
    y: [1 - (row + 1) * height + height * spacing.y, 1 - row * height - height * 0.1],
  };
}

function axesOf({ layout }: PlotlyFigure, index: number, { x, y }: Place): [string, unknown][] {
  const small = { tickfont: { size: 10 } };
  return [
    [
      `xaxis${number(index)}`,
      { ...(layout.xaxis as object), ...small, domain: x, anchor: `y${number(index)}` },
    ],
    [
      `yaxis${number(index)}`,
      { ...(layout.yaxis as object), ...small, title: { text: '' }, domain: y, anchor: `x${number(index)}` },
    ],
  ];
}
