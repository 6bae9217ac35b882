import type { Node } from '../ir/index.ts';

/** One axis of an interpolation: sizes before and after, and the factor between them, which need not be their ratio. */
export interface ResizedAxis {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** How an interpolation reads: mode, coordinates, and what `nearest` rounds by. */
export interface Interpolation {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubic: number;
}

/** Throws ModelError for what has no matrix here: antialiasing, regions, weights of outside samples left out. */
export function interpolationOf(node: Node): Interpolation {
  const old = node.inputs.length < 3;
  const interpolation = {
    mode: node.string('mode', 'nearest'),
    coordinates: old ? 'asymmetric' : node.string('coordinate_transformation_mode', 'half_pixel'),
    nearest: old ? 'floor' : node.string('nearest_mode', 'round_prefer_floor'),
    cubic: node.float('cubic_coeff_a', -0.75),
  };
  const obstacle = ['antialias', 'exclude_outside'].find((name) => node.int(name, 0) === 1);
  if (obstacle) throw node.error(`has a gradient without ${obstacle} only`);
  if (!(interpolation.coordinates in positions))
    throw node.error(`has no gradient for coordinate_transformation_mode ${interpolation.coordinates}`);
  return interpolation;
}

/** Where output `o` lies on the input's axis. */
const positions: Readonly<Record<string, (o: number, axis: ResizedAxis) => number>> = {
  half_pixel: (o, { scale }) => (o + 0.5) / scale - 0.5,
  pytorch_half_pixel: (o, { scale, to }) => (to > 1 ? (o + 0.5) / scale - 0.5 : 0),
  asymmetric: (o, { scale }) => o / scale,
  align_corners: (o, { from, to }) => (to === 1 ? 0 : (o * (from - 1)) / (to - 1)),
  half_pixel_symmetric: (o, { from, to, scale }) => {
    const adjustment = to / (scale * from);
    return (from / 2) * (1 - adjustment) + (o + 0.5) / scale - 0.5;
  },
};

const rounded: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** The interpolation along one axis as a matrix [from, to]: output = input * matrix. */
export function interpolationMatrix(axis: ResizedAxis, interpolation: Interpolation): Float32Array {
  const { from, to } = axis;
  const matrix = new Float32Array(from * to);
  for (let o = 0; o < to; o++) {
    for (const [index, weight] of taps(positions[interpolation.coordinates]!(o, axis), axis, interpolation)) {
      const inside = Math.min(Math.max(index, 0), from - 1);
      matrix[inside * to + o]! += weight;
    }
  }
  return matrix;
}

/** The samples that a position takes, and their weights. */
function taps(x: number, axis: ResizedAxis, { mode, nearest, cubic }: Interpolation): [number, number][] {
  if (mode === 'nearest') return [[axis.from === axis.to ? Math.round(x) : rounded[nearest]!(x), 1]];
  const first = Math.floor(x);
  const t = x - first;
  if (mode === 'linear') {
    if (x <= 0) return [[0, 1]];
    return [
      [first, 1 - t],
      [first + 1, t],
    ];
  }
  return [t + 1, t, 1 - t, 2 - t].map((distance, i) => [first - 1 + i, cubicWeight(distance, cubic)]);
}

/** Keys' kernel of bicubic interpolation (1981). */
function cubicWeight(d: number, a: number): number {
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
}
