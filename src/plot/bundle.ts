import type { MimeBundle } from '../report.ts';
import type { Figure } from './figure.ts';
import { toHtml } from './html.ts';
import { toPlotly } from './plotly.ts';
import { toPng } from './png.ts';
import { toSvg } from './svg.ts';
import { toText } from './text.ts';

/** One output in every representation that a front end may pick. */
export async function figureBundle(figure: Figure): Promise<MimeBundle> {
  const plotly = toPlotly(figure);
  const [svg, png] = await Promise.all([toSvg(figure), toPng(figure)]);
  return {
    'application/vnd.plotly.v1+json': plotly,
    'text/html': toHtml({ svg, plotly }),
    'image/png': Buffer.from(png).toString('base64'),
    'text/plain': toText(figure),
  };
}
