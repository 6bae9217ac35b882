import { randomUUID } from 'node:crypto';
import type { PlotlyFigure } from './plotly.ts';
import { libraryEvent } from './plotly-library.ts';

interface Drawings {
  readonly svg: string;
  readonly plotly: PlotlyFigure;
  /** A script that brings plotly.js, for all figures of the page. */
  readonly library?: string;
}

/**
 * HTML that shows the SVG as it is. Where the page has plotly.js (`window.Plotly`), or gets it from another figure
 * later, a script puts the interactive plot in its place; without it, without scripts or on any error the SVG stays.
 * Nothing is fetched.
 */
export function toHtml({ svg, plotly, library }: Drawings): string {
  const id = `edgebook-figure-${randomUUID()}`;
  return [
    `<div id="${id}" class="edgebook-figure">${svg}</div>`,
    ...(library === undefined ? [] : [library]),
    `<script>(${upgrade})(${inScript(id)}, ${inScript(plotly)});</script>`,
  ].join('\n');
}

/** JSON that cannot end the script element it is in. */
const inScript = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');

/** Runs in the page, as text: it may use nothing from this file. */
const upgrade = `function upgrade(id, figure) {
  var Plotly = window.Plotly, host = document.getElementById(id);
  if (!host) return;
  if (!Plotly) {
    document.addEventListener('${libraryEvent}', function () { upgrade(id, figure); }, { once: true });
    return;
  }
  var still = host.firstElementChild, plot = document.createElement('div');
  function keepStill() { plot.remove(); still.style.display = ''; }
  try {
    figure.layout.font.color = getComputedStyle(host).color || figure.layout.font.color;
    host.appendChild(plot);
    still.style.display = 'none';
    Promise.resolve(Plotly.newPlot(plot, figure.data, figure.layout, figure.config)).catch(keepStill);
  } catch (error) { keepStill(); }
}`;
