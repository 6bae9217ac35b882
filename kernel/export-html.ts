import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { marked } from 'marked';
import { highlight } from './highlight.ts';
import { escapeHtml, inScript } from './html-escape.ts';
import { type Cell, type CodeCell, joinLines, type Notebook, writeAtomically } from './notebook.ts';
import { outputHtml, plotlyMime } from './output-html.ts';
import { pageStyle } from './page-style.ts';

/** Writes an executed notebook as one page that needs no network; plotly comes along if a plot wants it. */
export async function exportHtml(notebook: Notebook, path: string): Promise<void> {
  await writeAtomically(path, notebookHtml(notebook));
}

/** The page's text. */
export function notebookHtml(notebook: Notebook): string {
  const title = escapeHtml(pageTitle(notebook));
  const cells = notebook.cells.map(cellHtml).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${pageStyle}</style>
${usesPlotly(notebook) ? `<script>${inScript(plotlySource())}</script>` : ''}
</head>
<body>
<main>
${cells}
</main>
</body>
</html>
`;
}

function cellHtml(cell: Cell): string {
  if (cell.cell_type === 'code') return codeHtml(cell);
  if (cell.cell_type === 'raw') return '';
  return `<section class="text">${marked.parse(joinLines(cell.source), { async: false })}</section>`;
}

function codeHtml(cell: CodeCell): string {
  const source = joinLines(cell.source);
  if (source.trim() === '') return '';
  const outputs = cell.outputs.map(outputHtml).join('\n');
  const count = cell.execution_count ?? ' ';
  return (
    `<section class="code"><div class="prompt">[${count}]</div>` +
    `<pre class="source"><code>${highlight(source)}</code></pre>` +
    `${outputs && `<div class="outputs">${outputs}</div>`}</section>`
  );
}

/** The first heading. */
function pageTitle({ cells }: Notebook): string {
  const texts = cells.filter((cell) => cell.cell_type === 'markdown').map((cell) => joinLines(cell.source));
  return /^#+\s+(.+)$/m.exec(texts.join('\n'))?.[1] ?? 'Notebook';
}

function usesPlotly({ cells }: Notebook): boolean {
  return cells.some(
    (cell) =>
      cell.cell_type === 'code' &&
      cell.outputs.some((output) => 'data' in output && plotlyMime in output.data),
  );
}

function plotlySource(): string {
  return readFileSync(createRequire(import.meta.url).resolve('plotly.js/dist/plotly-basic.min.js'), 'utf8');
}
