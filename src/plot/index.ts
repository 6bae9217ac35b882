export * from './bar.ts';
export * from './curve.ts';
export {
  type Axis,
  type BarMark,
  Figure,
  type FigureInit,
  type HistogramMark,
  type LineMark,
  type Mark,
  type Point,
  type ScatterMark,
} from './figure.ts';
export { FigureGrid, type FigureGridInit } from './figure-grid.ts';
export * from './histogram.ts';
export * from './pareto.ts';
export { type PlotlyFigure, toPlotly } from './plotly.ts';
export { drawingToPng, type PngOptions, svgToPng, toPng } from './png.ts';
export { toSvg } from './svg.ts';
export { type TextOptions, toText } from './text.ts';
