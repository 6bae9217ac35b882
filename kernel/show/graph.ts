import type { Graph } from '../../src/ir/graph.ts';
import { Model } from '../../src/ir/model.ts';
import { print } from '../../src/ir/print.ts';
import type { MimeBundle } from '../../src/report.ts';
import { firstLines } from './model.ts';

/** A graph as text, one line per value and node. */
export function render(graph: Graph): MimeBundle {
  const [, ...lines] = print(new Model(graph)).split('\n');
  return { 'text/plain': firstLines(lines.join('\n')) };
}
