import { curveFigure, type Figure } from '../../plot/index.ts';
import { Report } from '../../report.ts';

/** How a model does of which one layer is pruned. */
export interface ScanPoint {
  readonly layer: string;
  /** 0..1. */
  readonly sparsity: number;
  readonly loss: number;
  /** 0..1; absent if there are no classes. */
  readonly accuracy?: number;
}

interface Scan {
  /** The model as it was. */
  readonly dense: { readonly loss: number; readonly accuracy?: number };
  readonly what: string;
  readonly left: readonly { readonly name: string; readonly reason: string }[];
}

/** What pruning each layer alone does: a row a layer, a column a share, a curve a layer; most sensitive layers first. */
export class SensitivityReport extends Report {
  readonly points: readonly ScanPoint[];
  readonly dense: Scan['dense'];

  constructor(points: readonly ScanPoint[], { dense, what, left }: Scan) {
    const key = dense.accuracy === undefined ? 'loss' : 'accuracy';
    const shares = [...new Set(points.map(({ sparsity }) => sparsity))].toSorted((a, b) => a - b);
    const layers = byHarm(points, key);
    const at = (layer: string, share: number): number =>
      points.find((point) => point.layer === layer && point.sparsity === share)![key]!;
    const shown = key === 'accuracy' ? { unit: '%', scale: 100, decimals: 2 } : {};
    super({
      title: `Sensitivity to pruning ${what}: ${key} with one layer pruned, ${shownAs(key, dense[key]!)} with none`,
      columns: [
        { key: 'layer', header: 'layer' },
        ...shares.map((share) => ({ key: String(share), header: `${percent(share)} pruned`, ...shown })),
      ],
      rows: layers.map((layer) => ({
        layer,
        ...Object.fromEntries(shares.map((share) => [String(share), at(layer, share)])),
      })),
      charts: [figureOf(layers, shares, { at, dense: dense[key]!, key, what })],
      warnings: left.map(({ name, reason }) => `'${name}' is left as it is: ${reason}`),
    });
    this.points = points;
    this.dense = dense;
  }
}

type Key = 'accuracy' | 'loss';

/** The layers, those first that harm most at the largest share. */
function byHarm(points: readonly ScanPoint[], key: Key): string[] {
  const most = Math.max(...points.map(({ sparsity }) => sparsity));
  const sign = key === 'accuracy' ? 1 : -1;
  return points
    .filter(({ sparsity }) => sparsity === most)
    .toSorted((a, b) => sign * (a[key]! - b[key]!))
    .map(({ layer }) => layer);
}

function figureOf(
  layers: readonly string[],
  shares: readonly number[],
  {
    at,
    dense,
    key,
    what,
  }: { at(layer: string, share: number): number; dense: number; key: Key; what: string },
): Figure {
  const factor = key === 'accuracy' ? 100 : 1;
  const x = [0, ...shares].map((share) => 100 * share);
  return curveFigure(
    layers.map((name) => ({
      name,
      x,
      y: [dense, ...shares.map((share) => at(name, share))].map((value) => factor * value),
    })),
    {
      title: `Sensitivity to pruning ${what}`,
      x: { title: `Pruned ${what} of one layer, %` },
      y: { title: key === 'accuracy' ? 'Accuracy, %' : 'Loss' },
    },
  );
}

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

const shownAs = (key: Key, value: number): string =>
  key === 'accuracy' ? `${(100 * value).toFixed(2)} %` : value.toPrecision(4);
