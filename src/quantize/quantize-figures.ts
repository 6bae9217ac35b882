import { barFigure, Figure } from '../plot/index.ts';
import { Report } from '../report.ts';
import type { FloatNode, QuantizedTensor } from './quantize-report.ts';

/** Bars that fit a screen. */
const shown = 20;

/** dB from which on a round trip changed nothing but the last bit of a float32: no bar says that better than none. */
const exact = 120;

/** SQNR of the activations, the worst first; undefined without noise. */
export function noiseFigure(tensors: readonly QuantizedTensor[]): Figure | undefined {
  const noisy = tensors
    .filter(({ kind, sqnr }) => kind === 'activation' && sqnr < exact)
    .sort((a, b) => a.sqnr - b.sqnr);
  if (noisy.length === 0) return undefined;
  const left = noisy.length > shown ? ` (the worst ${shown} of ${noisy.length})` : '';
  return barFigure(
    noisy.slice(0, shown).map(({ name, sqnr }) => ({ name, value: sqnr })),
    {
      title: `Signal to quantization noise of activations${left}`,
      value: { title: 'SQNR', unit: 'dB', decimals: 1, include: [0] },
      category: 'Activation',
    },
  );
}

/** Activations whose two ends can be told apart in one picture. */
const told = 60;

/** The ranges that scales were made for, in the order of the graph; undefined for less than two. */
export function rangeFigure(tensors: readonly QuantizedTensor[]): Figure | undefined {
  const activations = tensors.filter(({ kind }) => kind === 'activation');
  if (activations.length < 2) return undefined;
  return activations.length > told ? magnitudes(activations) : bothEnds(activations);
}

const hoverOf = ({ name, min, max }: QuantizedTensor): string =>
  `${name}: ${min.toPrecision(4)} to ${max.toPrecision(4)}`;

function bothEnds(activations: readonly QuantizedTensor[]): Figure {
  const points = (key: 'min' | 'max') =>
    activations.map((tensor, i) => ({ x: i + 1, y: tensor[key], hover: hoverOf(tensor) }));
  return new Figure({
    title: 'Ranges of activations in the order of the graph',
    x: { title: 'Activation' },
    y: { title: 'Value', include: [0] },
    marks: [
      { kind: 'line', name: 'max', shape: 'step', points: points('max') },
      { kind: 'line', name: 'min', shape: 'step', points: points('min') },
    ],
  });
}

/** Of a deep network a few wide ranges would press all others to a line: what matters are orders of magnitude. */
function magnitudes(activations: readonly QuantizedTensor[]): Figure {
  const points = activations.flatMap((tensor, i) => {
    const y = Math.max(Math.abs(tensor.min), Math.abs(tensor.max));
    return y > 0 ? [{ x: i + 1, y, hover: hoverOf(tensor) }] : [];
  });
  return new Figure({
    title: 'Largest magnitudes of activations in the order of the graph',
    x: { title: 'Activation' },
    y: { title: 'Magnitude', scale: 'log' },
    marks: [{ kind: 'line', name: 'largest magnitude', shape: 'step', points }],
  });
}

/** Weights by the bytes that they take before and after, the largest first; undefined without any. */
export function sizeTable(tensors: readonly QuantizedTensor[]): Report | undefined {
  const weights = tensors.flatMap(({ name, bytes }) => (bytes ? [{ name, ...bytes }] : []));
  if (weights.length === 0) return undefined;
  const largest = Math.max(...weights.map(({ before }) => before));
  return new Report({
    title: 'Weights by size',
    columns: [
      { key: 'name', header: 'weight' },
      { key: 'before', header: 'float', unit: 'kB', scale: 1e-3, bar: largest },
      { key: 'after', header: 'quantized', unit: 'kB', scale: 1e-3, bar: largest },
    ],
    rows: weights.sort((a, b) => b.before - a.before).slice(0, shown),
  });
}

export const leftTable = (left: readonly FloatNode[]): Report =>
  new Report({
    title: 'Left float',
    columns: [
      { key: 'node', header: 'node' },
      { key: 'op', header: 'operator' },
      { key: 'reason', header: 'because', wrap: 60 },
    ],
    rows: left.map((node) => ({ ...node })),
  });
