import type { Signature } from '../types/types-protocol.ts';
import type { LiveBlock } from './cell-output.ts';
import type { CompletionMenu } from './completion-menu.ts';
import type { Editor } from './edit/editor.ts';
import type { Panel } from './panels/panel.ts';

/** A question of the user's code. */
export interface Question {
  readonly prompt: string;
  readonly password: boolean;
  readonly editor: Editor;
}

/** A search in the history. */
export interface Search {
  readonly query: string;
  readonly skip: number;
  readonly found: string | undefined;
  /** What was there before. */
  readonly before: Editor;
}

/** All that the screen shows below the finished output. */
export interface ReplState {
  readonly editor: Editor;
  /** Number of the cell that will be typed. */
  readonly count: number;
  /** What the running cell shows and may still change. */
  readonly live: readonly LiveBlock[];
  /** When the running cell began, in ms of `performance.now()`; undefined if none runs. */
  readonly since: number | undefined;
  /** Cells that wait. */
  readonly queued: readonly string[];
  readonly menu: CompletionMenu | undefined;
  readonly signature: Signature | undefined;
  readonly search: Search | undefined;
  readonly question: Question | undefined;
  readonly panel: Panel | undefined;
  /** A hint below the prompt. */
  readonly notice: string | undefined;
  readonly isClosing: boolean;
}
