import { joinLines, type Multiline, type StoredBundle, type StoredOutput } from '../notebook.ts';
import { withoutColors } from '../without-colors.ts';
import { escapeHtml, inScript } from './escape.ts';

export const plotlyMime = 'application/vnd.plotly.v1+json';

/** One output as HTML, in the richest representation that a page can show. */
export function outputHtml(output: StoredOutput): string {
  if (output.output_type === 'stream') return `<pre class="${output.name}">${text(output.text)}</pre>`;
  if (output.output_type === 'error')
    return `<pre class="error">${escapeHtml(withoutColors(output.traceback.join('\n')))}</pre>`;
  return bundleHtml(output.data);
}

/** How a page shows each type, the richest first. */
const renderers: Record<string, (data: never) => string> = {
  'text/html': (data: Multiline) => `<div class="html">${joinLines(data)}</div>`,
  'image/svg+xml': (data: Multiline) => `<div class="image">${joinLines(data)}</div>`,
  'image/png': (data: Multiline) =>
    `<div class="image"><img alt="" src="data:image/png;base64,${escapeHtml(joinLines(data).replace(/\s/g, ''))}"></div>`,
  'text/plain': (data: Multiline) => `<pre>${text(data)}</pre>`,
};

function bundleHtml(data: StoredBundle): string {
  const still = stillHtml(data);
  return plotlyMime in data ? plotHtml(data[plotlyMime], still) : still;
}

function stillHtml(data: StoredBundle): string {
  // A plot's own HTML may load plotly a second time: beside the embedded one its picture is the better fallback.
  const skipped =
    plotlyMime in data && ('image/svg+xml' in data || 'image/png' in data) ? 'text/html' : undefined;
  const mime = Object.keys(renderers).find((candidate) => candidate in data && candidate !== skipped);
  if (mime === undefined) return `<pre>${escapeHtml(`<${Object.keys(data).join(', ')}>`)}</pre>`;
  return renderers[mime]!(data[mime] as never);
}

let plots = 0;

/** The static picture, which plotly replaces when it can draw. */
function plotHtml(figure: unknown, still: string): string {
  const id = `plot-${++plots}`;
  const json = JSON.stringify(figure).replaceAll('<', '\\u003c');
  const script = `(() => {
  const figure = ${json};
  const frame = document.getElementById('${id}');
  const host = document.createElement('div');
  frame.after(host);
  try {
    Plotly.newPlot(host, figure.data, figure.layout, { responsive: true, displaylogo: false, ...figure.config })
      .then(() => frame.remove(), () => host.remove());
  } catch { host.remove(); }
})();`;
  return `<div class="plot"><div id="${id}">${still}</div><script>${inScript(script)}</script></div>`;
}

function text(data: Multiline): string {
  return escapeHtml(withoutColors(joinLines(data)));
}
