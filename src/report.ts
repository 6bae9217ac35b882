import { reportHtml } from './report/html.ts';
import { reportText } from './report/text.ts';

/** `{mime: data}`: one thing in several representations, the front end picks. */
export type MimeBundle = Record<string, unknown>;

/** The symbol that a value implements to show itself in a notebook; the same as Deno's. */
export const displaySymbol: unique symbol = Symbol.for('Jupyter.display') as never;

export interface Displayable {
  [displaySymbol](): MimeBundle | Promise<MimeBundle>;
}

/** Told while long work goes on. `done` and `total` count the work's own units (steps, batches, runs). */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly message?: string;
}

/** Taken by all long work. */
export interface WorkOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** What a table cell holds; null and undefined show as an empty cell. */
export type Cell = string | number | boolean | null | undefined;
export type Row = Readonly<Record<string, Cell>>;

/** How one field of the rows is shown. Rows keep the raw values. */
export interface Column {
  /** The field of a row. */
  readonly key: string;
  readonly header: string;
  /** Shown after the header: `kB`, `ms`, `%`. */
  readonly unit?: string;
  /** Factor from the row's unit to the shown one: 100 for a fraction in %, 1e-3 for bytes in kB. Default 1. */
  readonly scale?: number;
  /** Digits after the decimal point. Default: at most four significant digits. */
  readonly decimals?: number;
  /** Exactly so many significant digits instead, for values that span orders of magnitude. */
  readonly significant?: number;
  /** Shows `+` before positive numbers, for differences. */
  readonly signed?: boolean;
  /** Texts go on in further lines at this width, or down to half of it where a page has no more room; by default long ones are cut in a terminal, and widen the table elsewhere. */
  readonly wrap?: number;
  /** Draws each number as a part of a bar as well; this is what a full one stands for, in the row's unit. */
  readonly bar?: number;
  /** Default: numbers right, everything else left. */
  readonly align?: 'left' | 'right';
}

export interface ReportInit<R extends Row = Row> {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly R[];
  /** Shown below the table. */
  readonly charts?: readonly Displayable[];
  /** What the reader must know before trusting the rows. */
  readonly warnings?: readonly string[];
}

/** Plain data about a result: rows, charts, warnings. Shows itself as a table. */
export class Report<R extends Row = Row> implements Displayable {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly R[];
  readonly charts: readonly Displayable[];
  readonly warnings: readonly string[];

  constructor({ title, columns, rows, charts = [], warnings = [] }: ReportInit<R>) {
    this.title = title;
    this.columns = columns;
    this.rows = rows;
    this.charts = charts;
    this.warnings = warnings;
  }

  /** The table as aligned text. One wider than `width` characters goes on in blocks that repeat the first column. */
  toText(options: { readonly width?: number } = {}): string {
    return reportText(this, options);
  }

  toString(): string {
    return this.toText();
  }

  /** `text/plain` and `text/html`: title, table, warnings, then the charts. At once if there are none. */
  [displaySymbol](): MimeBundle | Promise<MimeBundle> {
    if (this.charts.length === 0) return this.#bundle([]);
    return Promise.all(this.charts.map((chart) => chart[displaySymbol]())).then((charts) =>
      this.#bundle(charts),
    );
  }

  #bundle(charts: readonly MimeBundle[]): MimeBundle {
    const all = (mime: string) => charts.flatMap((bundle) => (mime in bundle ? [String(bundle[mime])] : []));
    return {
      'text/plain': [this.toText(), ...all('text/plain')].join('\n\n'),
      'text/html': [reportHtml(this), ...all('text/html')].join('\n'),
    };
  }
}
