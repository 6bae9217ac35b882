import { klDivergence, meanSquaredError, type TeacherTerm } from '../autodiff/index.ts';
import { UsageError } from '../errors.ts';
import type { GraphBuilder, Value } from '../ir/index.ts';
import type { Exposed } from './exposed.ts';
import {
  channelAxis,
  checkSamePositions,
  embeddingPair,
  type FeaturePair,
  matchingPairs,
  pairValues,
  type Subjects,
} from './feature-pairs.ts';
import { attentionTransfer } from './losses/attention.ts';
import { featureDifference } from './losses/feature.ts';
import { relational } from './losses/relational.ts';

export interface TermsOptions {
  /** Weights by loss, the share of the teacher included. */
  readonly weights: Readonly<Record<string, number>>;
  readonly temperature: number;
  readonly features: readonly FeaturePair[] | undefined;
  readonly batchSize: number;
  readonly seed: number;
  /** Copies that get the outputs which the terms compare. */
  readonly teacher: Exposed;
  readonly student: Exposed;
}

type Compare = (g: GraphBuilder, student: Value, teacher: Value) => Value;

/** The terms by loss; `subjects` are the models with the shapes of samples. Throws UsageError where nothing is to compare. */
export function teacherTerms(subjects: Subjects, options: TermsOptions): TeacherTerm[] {
  const { temperature } = options;
  return Object.entries(options.weights).map(([name, weight]) => {
    if (name === 'kl') {
      const { write } = klDivergence({ temperature });
      const description = `KL divergence at temperature ${temperature}`;
      return { name, weight, description, write: (g, [own], [wanted]) => write(g, own!, wanted!) };
    }
    if (name === 'mse') {
      const { write } = meanSquaredError();
      const description = 'squared error of the scores';
      return { name, weight, description, write: (g, [own], [wanted]) => write(g, own!, wanted!) };
    }
    return { weight, ...insideTerm(name, subjects, options) };
  });
}

const compares: Readonly<Record<string, Compare>> = {
  feature: featureDifference,
  attention: attentionTransfer,
  relational,
};

/** A sum over pairs of values inside of the models. */
function insideTerm(name: string, subjects: Subjects, options: TermsOptions): Omit<TeacherTerm, 'weight'> {
  if (name === 'relational' && options.batchSize < 2)
    throw new UsageError(
      `The loss 'relational' compares samples of a batch, which must have 2 or more, was 1`,
    );
  const pairs = pairsFor(name, subjects, options);
  const compare = compares[name]!;
  const places = pairs.map((pair, n) =>
    placeOf(name, pairValues(subjects, pair), { ...options, seed: options.seed + n }),
  );
  return {
    name,
    description: `${name} of ${pairs.map(({ teacher, student }) => `${teacher} -> ${student}`).join(', ')}`,
    write: (g, student, teacher) =>
      places
        .map((place) => compare(g, student[place.student]!, teacher[place.teacher]!))
        .reduce((sum, term) => g.op('Add', [sum, term])),
  };
}

function pairsFor(name: string, subjects: Subjects, { features }: TermsOptions): readonly FeaturePair[] {
  if (features) return features;
  if (name !== 'relational') return matchingPairs(subjects, { vectors: name === 'feature' });
  const pair = embeddingPair(subjects);
  if (pair) return [pair];
  throw new UsageError(
    `What goes into the last layers of teacher and student is not known: choose values for 'relational' with 'features'`,
  );
}

/** Which outputs two values are, the student's through a projector where features differ in channels. */
function placeOf(
  name: string,
  [teacher, student]: [Value, Value],
  options: TermsOptions,
): { teacher: number; student: number } {
  if (name !== 'relational') checkSamePositions(teacher, student, name);
  const [channels, own] = [teacher, student].map((value) => value.shape![channelAxis(value)] as number);
  const place = { teacher: options.teacher.output(teacher.name) };
  const isProjected = name === 'feature' && channels !== own;
  return {
    ...place,
    student: isProjected
      ? options.student.projection(student.name, { channels: channels!, seed: options.seed })
      : options.student.output(student.name),
  };
}
