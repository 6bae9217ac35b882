import type { Figure } from './figure.ts';
import { type SpecOptions, vegaSpec } from './vega-spec.ts';

/**
 * The figure as a self-contained SVG. Text and axes take the colour of the page around it (`currentColor`), so that it
 * reads on light and dark; `background` (any CSS colour) makes it independent of the page. Sizes in pixels.
 */
export async function toSvg(figure: Figure, options: SpecOptions = {}): Promise<string> {
  const vega = await import('vega');
  const view = new vega.View(vega.parse(vegaSpec(figure, options)), {
    renderer: 'none',
    logLevel: vega.Error,
  });
  try {
    const svg = await view.toSVG();
    return svg.replace('<svg ', '<svg role="img" style="max-width:100%;height:auto" ');
  } finally {
    view.finalize();
  }
}
