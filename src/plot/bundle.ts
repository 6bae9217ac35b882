import type { MimeBundle } from '../report.ts';
import type { Figure } from './figure.ts';
import { toHtml } from './html.ts';
import { toPlotly } from './plotly.ts';
import { plotlyScript } from './plotly-library.ts';
import { toPng } from './png.ts';
import { toSvg } from './svg.ts';
import { toText } from './text.ts';

/** One output in every representation that a front end may pick. */
export async function figureBundle(figure: Figure): Promise<MimeBundle> {
  const plotly = toPlotly(figure);
  const [svg, png, library] = await Promise.all([
    toSvg(figure),
    toPng(figure),
    figure.embedsLibrary ? plotlyScript() : undefined,
  ]);
  return {
    'application/vnd.plotly.v1+json': plotly,
    'text/html': toHtml({ svg, plotly, ...(library && { library }) }),
    'image/png': Buffer.from(png).toString('base64'),
    'text/plain': toText(figure),
  };
}
