import { UsageError } from '../errors.ts';
import { formatShape, isStatic, type Model, type Value } from '../ir/index.ts';
import { opOf } from '../ops/index.ts';

/** Names of two values to compare. */
export interface FeaturePair {
  readonly teacher: string;
  readonly student: string;
}

/** What inside of two models is compared. The models have static sample shapes and types for all values. */
export interface Subjects {
  readonly teacher: Model;
  readonly student: Model;
}

/**
 * Pairs of features of the same positions (sides of an image, number of tokens): for each number of positions that both
 * models have, the last value of it that weights were used for, so the end of a stage. Without any, what goes into the
 * last layers if that are vectors and `vectors` may be. Throws UsageError if there is no pair.
 */
export function matchingPairs(subjects: Subjects, { vectors }: { vectors: boolean }): FeaturePair[] {
  const [teacher, student] = [stages(subjects.teacher), stages(subjects.student)];
  const pairs = [...teacher].flatMap(([positions, value]) => {
    const own = student.get(positions);
    return own ? [{ teacher: value.name, student: own.name }] : [];
  });
  if (pairs.length > 0) return pairs;
  const last = embeddingPair(subjects);
  if (vectors && last) return [last];
  const have = (found: ReadonlyMap<string, Value>): string => [...found.keys()].join(', ') || 'none';
  throw new UsageError(
    `No value of the teacher has as many positions as one of the student (teacher: ${have(teacher)}; student: ${have(student)}): ` +
      "choose with 'features', or take the losses 'kl' or 'relational'",
  );
}

/** What goes into the last layer with weights of each; undefined if one has none. */
export function embeddingPair({ teacher, student }: Subjects): FeaturePair | undefined {
  const [wanted, own] = [embedding(teacher), embedding(student)];
  return wanted && own ? { teacher: wanted.name, student: own.name } : undefined;
}

/** The two values of a pair. Throws UsageError, which lists values, for a name that a model has not. */
export function pairValues(
  { teacher, student }: Subjects,
  pair: FeaturePair,
): [teacher: Value, student: Value] {
  return [featureOf(teacher, pair.teacher, 'teacher'), featureOf(student, pair.student, 'student')];
}

function featureOf({ graph }: Model, name: string, whose: string): Value {
  const value = graph.value(name);
  if (value?.producer && isStatic(value.shape) && value.dtype === 'float32') return value;
  if (value?.producer)
    throw new UsageError(
      `Feature '${name}' of the ${whose} must be float32 of a known shape, is ${value}: choose another value`,
    );
  const names = graph.nodes.flatMap((node) => node.outputs.map((output) => output.name));
  throw UsageError.unknown(`value of the ${whose}`, name, names);
}

/** By positions, the last value that has them, in order of the graph. */
function stages({ graph }: Model): Map<string, Value> {
  const found = new Map<string, Value>();
  const weighed = new Set<Value>();
  for (const node of graph.nodes) {
    const isWeighed = isWeighted(node) || node.inputs.some((input) => input && weighed.has(input));
    if (!isWeighed) continue;
    for (const output of node.outputs) weighed.add(output);
    const value = node.output();
    const positions = value.dtype === 'float32' && positionsOf(value);
    if (!positions) continue;
    found.delete(positions);
    found.set(positions, value);
  }
  return found;
}

/** `14x14` of an image [B,C,14,14], `16 tokens` of [B,16,C]; undefined for others and for a single position. */
function positionsOf({ shape }: Value): string | undefined {
  if (!isStatic(shape) || shape.length < 3 || shape.length > 4) return undefined;
  const sides = shape.length === 4 ? shape.slice(2) : [shape[1]!];
  if (sides.reduce((a, b) => a * b, 1) < 2) return undefined;
  return shape.length === 4 ? sides.join('x') : `${sides[0]} tokens`;
}

const isWeighted = (node: Model['graph']['nodes'][number]): boolean => {
  const rule = opOf(node)?.quantize;
  return rule?.kind === 'weighted' && node.inputs[rule.weight]?.tensor !== undefined;
};

/** What goes into the last layer with weights, if that was computed. */
function embedding({ graph }: Model): Value | undefined {
  const value = graph.nodes.findLast(isWeighted)?.input(0);
  return value?.producer && isStatic(value.shape) ? value : undefined;
}

/** Throws UsageError if two features have not the same positions. */
export function checkSamePositions(teacher: Value, student: Value, loss: string): void {
  const [wanted, own] = [teacher, student].map((value) => ({
    rank: value.shape!.length,
    at: positions(value),
  }));
  const areVectors = wanted!.rank === 2;
  if (wanted!.rank === own!.rank && wanted!.at === own!.at && !(areVectors && loss === 'attention')) return;
  const what =
    loss === 'attention' ? 'images or tokens of the same positions' : 'values of the same positions';
  throw new UsageError(
    `The loss '${loss}' compares ${what}, '${teacher.name}' is ${formatShape(teacher.shape)} and '${student.name}' ${formatShape(student.shape)}: choose others with 'features'`,
  );
}

const positions = ({ shape }: Value): string =>
  String(shape!.length === 4 ? shape!.slice(2) : shape!.slice(1, -1));

/** The axis of the channels of a feature: the last of tokens and vectors. */
export const channelAxis = ({ shape }: Value): number => (shape!.length === 4 ? 1 : shape!.length - 1);
