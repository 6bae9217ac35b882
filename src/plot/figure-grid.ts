import { UsageError } from '../errors.ts';
import { type Displayable, displaySymbol, type MimeBundle } from '../report.ts';
import type { Figure } from './figure.ts';
import { gridPlotly } from './grid-plotly.ts';
import { gridPng, gridSvg } from './grid-svg.ts';
import { gridText } from './grid-text.ts';
import { toHtml } from './html.ts';

export interface FigureGridInit {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Panels side by side. Default 3. */
  readonly columns?: number;
  readonly notes?: readonly string[];
}

/** Small multiples: figures of the same kind in rows and columns, each with its own axes. */
export class FigureGrid implements Displayable {
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly columns: number;
  readonly notes: readonly string[];

  /** Throws UsageError if there is no figure. */
  constructor({ title, figures, columns = 3, notes = [] }: FigureGridInit) {
    if (figures.length === 0) throw new UsageError(`The grid '${title}' must have at least one figure`);
    this.title = title;
    this.figures = figures;
    this.columns = Math.min(columns, figures.length);
    this.notes = notes;
  }

  /** One bundle for every front end: plotly JSON, HTML that holds the SVG, PNG, text. */
  async [displaySymbol](): Promise<MimeBundle> {
    const plotly = gridPlotly(this);
    const [svg, png] = await Promise.all([gridSvg(this), gridPng(this)]);
    return {
      'application/vnd.plotly.v1+json': plotly,
      'text/html': toHtml({ svg, plotly }),
      'image/png': Buffer.from(png).toString('base64'),
      'text/plain': gridText(this),
    };
  }
}
