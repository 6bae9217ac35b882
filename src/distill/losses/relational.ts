import { huber } from '../../autodiff/index.ts';
import type { GraphBuilder, Value } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { reshape } from '../../ops/sum-to.ts';

/** Below this a squared distance counts as it, as in the authors' code. */
const smallestSquare = 1e-12;

/** Weights of the two parts, as the authors have them. */
const [distanceWeight, angleWeight] = [1, 2];

/**
 * Relational distillation of embeddings [B,...] of any size (RKD, Park et al. 2019, arXiv 1904.05068): Huber's loss of all
 * distances between samples of the batch, relative to their mean, plus twice that of the cosines of all angles that
 * three samples form. B must be 2 or more; the work grows as B^2 D + B^3.
 */
export function relational(g: GraphBuilder, student: Value, teacher: Value): Value {
  const [own, wanted] = [student, teacher].map((embedding) => relations(g, embedding));
  const { write } = huber();
  const distance = write(g, own!.distances, wanted!.distances);
  const angle = write(g, own!.cosines, wanted!.cosines);
  return g.op('Add', [weighted(g, distance, distanceWeight), weighted(g, angle, angleWeight)]);
}

const weighted = (g: GraphBuilder, value: Value, weight: number): Value =>
  weight === 1 ? value : g.op('Mul', [value, g.scalar(weight)]);

/** Distances [B,B] relative to their mean, and cosines [B,B,B] of the angles at each sample between two others. */
function relations(g: GraphBuilder, embedding: Value): { distances: Value; cosines: Value } {
  const [batch, ...sample] = staticShape(embedding) as [number, ...number[]];
  const size = sample.reduce((a, b) => a * b, 1);
  const [rows, columns] = [
    [batch, 1, size],
    [1, batch, size],
  ].map((shape) => reshape(g, embedding, shape));
  // Differences before squares: |a|^2 + |b|^2 - 2ab would lose the digits of close samples.
  const differences = g.op('Sub', [columns, rows]);
  const squares = g.op('ReduceSum', [g.op('Mul', [differences, differences]), g.int64s([2])], {
    keepdims: 1,
  });
  const lengths = g.op('Sqrt', [g.op('Max', [squares, g.scalar(smallestSquare)])]);
  const directions = g.op('Div', [differences, lengths]);
  const cosines = g.op('MatMul', [directions, g.op('Transpose', [directions], { perm: [0, 2, 1] })]);
  return { distances: relativeDistances(g, reshape(g, lengths, [batch, batch])), cosines };
}

function relativeDistances(g: GraphBuilder, lengths: Value): Value {
  const [batch] = staticShape(lengths) as [number];
  const others = Float32Array.from({ length: batch * batch }, (_, i) => Number(i % (batch + 1) !== 0));
  const distances = g.op('Mul', [lengths, g.constant('float32', others, [batch, batch])]);
  const sum = g.op('ReduceSum', [distances, g.int64s([0, 1])], { keepdims: 0 });
  const mean = g.op('Mul', [sum, g.scalar(1 / (batch * (batch - 1)))]);
  return g.op('Div', [distances, mean]);
}
