import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Told to the page's document when plotly.js has arrived in it. */
export const libraryEvent = 'edgebook-plotly';

/** A script element that holds plotly.js itself (the basic bundle, 1.2 MB): plots are interactive without a network. */
export async function plotlyScript(): Promise<string> {
  const path = createRequire(import.meta.url).resolve('plotly.js/dist/plotly-basic.min.js');
  const library = await readFile(path, 'utf8');
  // The page may have a module loader, which must not take the library; `</script` would end the element.
  const wrapped = `(function (module, define) {${library}\n})();`;
  const told = `document.dispatchEvent(new Event('${libraryEvent}'));`;
  return `<script>if (!window.Plotly) {${wrapped.replaceAll('</script', '<\\/script')}${told}}</script>`;
}
