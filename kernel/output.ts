import type { MimeBundle } from '../src/report.ts';

/** What a cell shows, in the order in which it happened. Field names are Jupyter's where Jupyter has one. */
export type Output = StreamOutput | DisplayOutput | UpdateOutput | ResultOutput | ErrorOutput | ClearOutput;

export interface StreamOutput {
  readonly type: 'stream';
  readonly name: 'stdout' | 'stderr';
  readonly text: string;
}

export interface DisplayOutput {
  readonly type: 'display';
  readonly data: MimeBundle;
  readonly metadata: Record<string, unknown>;
  /** Set if a later `update` may replace this output. */
  readonly displayId?: string;
}

export interface UpdateOutput {
  readonly type: 'update';
  readonly data: MimeBundle;
  readonly metadata: Record<string, unknown>;
  readonly displayId: string;
}

/** The value of the cell's last expression. */
export interface ResultOutput {
  readonly type: 'result';
  readonly data: MimeBundle;
  readonly metadata: Record<string, unknown>;
}

export interface ErrorOutput {
  readonly type: 'error';
  readonly ename: string;
  readonly evalue: string;
  /** Lines as a front end prints them, with ANSI colours. */
  readonly traceback: readonly string[];
}

export interface ClearOutput {
  readonly type: 'clear';
  /** Clears when the next output comes, so that the page does not flicker. */
  readonly wait: boolean;
}
