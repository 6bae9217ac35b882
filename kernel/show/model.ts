import type { Model } from '../../src/ir/model.ts';
import { print } from '../../src/ir/print.ts';
import { reportHtml } from '../../src/report/html.ts';
import { type MimeBundle, Report } from '../../src/report.ts';
import { modelSummary } from '../../src/summary/model-summary.ts';
import { escapeHtml } from '../html/escape.ts';

const longestPrint = 60;

/** A model layer by layer; below it, folded away in HTML, its graph as text. */
export function render(model: Model): MimeBundle {
  const summary = summaryOf(model);
  const graph = firstLines(print(model));
  const text = escapeHtml(graph);
  const html = `<details><summary>Graph</summary><pre>${text}</pre></details>`;
  return {
    'text/plain': `${summary.toText()}\n\n${graph}`,
    'text/html': `${reportHtml(summary)}\n${html}`,
  };
}

/** Without the charts of `%summary`: a value is shown at once. */
function summaryOf(model: Model): Report {
  try {
    return new Report({ ...modelSummary(model), charts: [] });
  } catch (error) {
    const title = `${model.graph.name}: ${model.graph.nodes.length} nodes`;
    const warnings = [`Not counted layer by layer: ${(error as Error).message}`];
    return new Report({ title, columns: [], rows: [], warnings });
  }
}

/** The first 60 lines of a text, and how many more there are. */
export function firstLines(text: string): string {
  const lines = text.trimEnd().split('\n');
  const more = lines.length - longestPrint;
  return more > 0 ? [...lines.slice(0, longestPrint), `... ${more} more lines`].join('\n') : lines.join('\n');
}
