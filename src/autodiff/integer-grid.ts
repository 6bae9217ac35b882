import type { Node, Value } from '../ir/index.ts';
import { constantOf, opOf } from '../ops/index.ts';

/** The numbers that a round trip through integers can give. */
export interface IntegerGrid {
  readonly scale: Value;
  readonly zeroPoints: readonly number[];
  readonly min: number;
  readonly max: number;
}

type Known = ReadonlyMap<Value, IntegerGrid>;

/**
 * Whether a value has only numbers of a grid: it comes from a round trip over the same one, through operators that only
 * move numbers. `known` are the grids of values.
 */
export function isOnGrid(value: Value, grid: IntegerGrid, known: Known): boolean {
  const own = known.get(value);
  if (own) return isSame(own, grid);
  const { producer } = value;
  return producer !== undefined && onlyMoves(producer) && isOnGrid(producer.input(0), grid, known);
}

const isSame = (a: IntegerGrid, b: IntegerGrid): boolean =>
  a.scale === b.scale &&
  a.min === b.min &&
  a.max === b.max &&
  a.zeroPoints.length === b.zeroPoints.length &&
  a.zeroPoints.every((zero, i) => zero === b.zeroPoints[i]);

/** Resize and Pad can give numbers that their input has not. */
const onlyMoves = (node: Node): boolean =>
  opOf(node)?.quantize?.kind === 'same-scale' && !/^(Resize|Pad|Dropout)$/.test(node.opType);

const nonNegative: ReadonlySet<string> = new Set(['Relu', 'Sigmoid', 'HardSigmoid', 'Softmax']);
const averages: ReadonlySet<string> = new Set(['AveragePool', 'GlobalAveragePool']);

/** Whether a value cannot be below 0, as far as the operators before it tell. */
export function isNonNegative(value: Value, known: Known): boolean {
  const grid = known.get(value);
  if (grid?.zeroPoints.every((zero) => grid.min >= zero)) return true;
  const { producer } = value;
  if (producer?.domain !== '') return false;
  if (nonNegative.has(producer.opType)) return true;
  if (producer.opType === 'Clip') return lowBound(producer) >= 0;
  const passes = averages.has(producer.opType) || onlyMoves(producer);
  return passes && isNonNegative(producer.input(0), known);
}

function lowBound(clip: Node): number {
  const low = clip.inputs[1] && constantOf(clip.inputs[1]);
  return low?.toNumbers()[0] ?? -Infinity;
}
