import { moves } from './cost.ts';
import type { Op } from './op.ts';

/** Counts of n-grams, one column for each index that ngram_indexes names. */
export const tfIdfVectorizer: Op = {
  type: 'TfIdfVectorizer',
  infer(node) {
    const { shape } = node.input(0);
    const columns = Math.max(-1, ...(node.ints('ngram_indexes') ?? [])) + 1;
    return [{ dtype: 'float32', shape: shape && [...shape.slice(0, -1), columns] }];
  },
  cost: moves,
};
