import type { GraphBuilder, Tensor, Value } from '../ir/index.ts';

/** One thing that a model learns from a teacher: how far its outputs are from those of the teacher. */
export interface TeacherTerm {
  readonly name: string;
  /** All that its value depends on, for a reader: `KL divergence at temperature 3`. */
  readonly description: string;
  /** Factor of the term in the sum that is minimized. */
  readonly weight: number;
  /**
   * Writes the term, a float32 scalar, of the outputs of both for one batch, of static shapes: class scores first, before
   * a final activation that the loss contains, then the other outputs in order.
   */
  write(g: GraphBuilder, student: readonly Value[], teacher: readonly Value[]): Value;
}

/** What is learned from a teacher, beside what is known of the samples or instead of it. */
export interface Distillation {
  /** Factor of the loss that compares with labels or targets; 0 learns from the teacher alone. */
  readonly hard: number;
  readonly terms: readonly TeacherTerm[];
  /**
   * The teacher's first output for each training sample in the order of the split, float32 [N,...]: it is fed, and the
   * teacher does not run while training. Terms then have no other output of it. Default: the teacher runs in the graph.
   */
  readonly scores?: Tensor;
}

/** What a step minimizes, with what it is the sum of. */
export interface TermSum {
  readonly loss: Value;
  /** By name, each with its factor: their sum is the loss. */
  readonly parts: ReadonlyMap<string, Value>;
}

/** Writes the sum of the terms and of `hard`, the loss of what is known of the samples, if there is one. */
export function sumOfTerms(
  g: GraphBuilder,
  { hard, terms }: Distillation,
  { known, student, teacher }: Compared,
): TermSum {
  const weighted = (value: Value, weight: number): Value =>
    weight === 1 ? value : g.op('Mul', [value, g.scalar(weight)]);
  const parts = new Map<string, Value>();
  if (known && hard > 0) parts.set(known.name, weighted(known.loss, hard));
  for (const term of terms) parts.set(term.name, weighted(term.write(g, student, teacher), term.weight));
  const [first, ...rest] = parts.values();
  return { loss: rest.reduce((sum, part) => g.op('Add', [sum, part]), first!), parts };
}

interface Compared {
  /** The loss of labels or targets with its name; undefined without any. */
  readonly known: { readonly name: string; readonly loss: Value } | undefined;
  /** Outputs, scores first. */
  readonly student: readonly Value[];
  readonly teacher: readonly Value[];
}

/** The output of a training graph that holds the part of a loss. */
export const partOutput = (name: string): string => `${partPrefix}${name}`;

/** Begins the names of the outputs with parts of a loss. */
export const partPrefix = 'part:';
