import type { MimeBundle } from '../src/report.ts';
import type { CommMessage } from './comm.ts';

/** What a cell shows, in the order in which it happened. Field names are Jupyter's where Jupyter has one. */
export type Output =
  | StreamOutput
  | DisplayOutput
  | UpdateOutput
  | ResultOutput
  | ErrorOutput
  | ClearOutput
  | PageOutput
  | CommOutput;

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

/** Help and the like, beside the cell rather than below it. */
export interface PageOutput {
  readonly type: 'page';
  readonly data: MimeBundle;
}

export interface ClearOutput {
  readonly type: 'clear';
  /** Clears when the next output comes, so that the page does not flicker. */
  readonly wait: boolean;
}

/** Shows nothing by itself, but must come in order: a display may need the comm that was opened before it. */
export interface CommOutput {
  readonly type: 'comm';
  readonly message: CommMessage;
}
