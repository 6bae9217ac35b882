import type { Variant } from '../src/ledger/index.ts';
import type { Magic } from './magic.ts';
import { optimizeGraph } from './optimize-graph.ts';

export const fuse: Magic<Variant> = {
  ...optimizeGraph,
  name: 'fuse',
  summary: 'Short for %optimize-graph',
  examples: optimizeGraph.examples.map((line) => line.replace('%optimize-graph', '%fuse')),
};
