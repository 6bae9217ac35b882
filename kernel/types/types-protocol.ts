import type { TypesMode } from '../../magics/magic.ts';
import type { Completeness } from '../engine/is-complete.ts';

/** A type error, with its place in the cell's own text. */
export interface Mistake {
  readonly message: string;
  /** The compiler's number of the error, as in TS2322. */
  readonly code: number;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units. */
  readonly column: number;
  /** How much of the line is at fault, at least 1. */
  readonly length: number;
  /** For a name that is nowhere declared: the runtime may have it all the same. */
  readonly unknownName?: string;
}

/** Replacements for `[start, end)` of the cell, best first. Positions are UTF-16 units from 0. */
export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly matches: readonly CompletionMatch[];
}

export interface CompletionMatch {
  readonly text: string;
  /** `function`, `variable`, `class`, `magic`, `path`, ...: front ends draw an icon for it. */
  readonly type: string;
  readonly signature?: string;
}

/** What a name is, for people. */
export interface Explanation {
  readonly markdown: string;
  readonly text: string;
}

/** A function that is being called. */
export interface Signature {
  readonly before: string;
  readonly parameters: readonly string[];
  readonly separator: string;
  readonly after: string;
  /** Number of the parameter that the cursor is at, from 0; may be beyond the last. */
  readonly active: number;
  readonly documentation: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

/** What the worker can be asked, and what it answers. */
export interface TypesRequests {
  /** A cell is about to run: its mistakes; its names are known from now on unless it must not run. */
  cell: { ask: { code: string; mode: TypesMode }; answer: readonly Mistake[] };
  complete: { ask: { code: string; position: number }; answer: Completion };
  inspect: { ask: { code: string; position: number; detail: boolean }; answer: Explanation | undefined };
  signature: { ask: { code: string; position: number }; answer: Signature | undefined };
  /** Whether a cell can be run as it is. */
  completeness: { ask: { code: string }; answer: Completeness };
  /** Names that the runtime has got. */
  names: { ask: { names: readonly string[] }; answer: undefined };
  /** All variables are gone. */
  reset: { ask: Record<string, never>; answer: undefined };
}

export type TypesRequest = {
  [K in keyof TypesRequests]: {
    readonly id: number;
    readonly type: K;
    readonly ask: TypesRequests[K]['ask'];
  };
}[keyof TypesRequests];

export interface TypesAnswer {
  readonly id: number;
  readonly answer?: unknown;
  /** Why there is no answer. */
  readonly failure?: string;
}

export interface TypesWorkerData {
  readonly cwd: string;
  readonly magicsUrl: string;
}
