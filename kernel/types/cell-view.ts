import { applyEdits, type Edit, keepLines } from '../engine/edits.ts';

/** The text that the compiler sees for a cell, and the way between the two. Positions count UTF-16 units from 0. */
export interface CellView {
  readonly code: string;
  readonly text: string;
  /** Undefined inside a magic, which the compiler does not see. */
  toView(position: number): number | undefined;
  toCell(position: number): number | undefined;
}

export interface Surroundings {
  readonly prefix: string;
  readonly suffix: string;
}

/** `prefix`, the cell with its magics replaced by `edits`, `suffix`. */
export function viewCell(code: string, edits: readonly Edit[], { prefix, suffix }: Surroundings): CellView {
  const pieces = keptPieces(code, edits, prefix.length);
  return {
    code,
    text: prefix + applyEdits(code, edits) + suffix,
    toView: (position) => {
      const piece = pieces.find(({ start, length }) => position >= start && position <= start + length);
      return piece && piece.viewStart + position - piece.start;
    },
    toCell: (position) => {
      const piece = pieces.find(
        ({ viewStart, length }) => position >= viewStart && position <= viewStart + length,
      );
      return piece && piece.start + position - piece.viewStart;
    },
  };
}

/** A part of the cell that is the same in the view. */
interface Piece {
  readonly start: number;
  readonly length: number;
  readonly viewStart: number;
}

function keptPieces(code: string, edits: readonly Edit[], prefixLength: number): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let viewStart = prefixLength;
  for (const edit of edits) {
    pieces.push({ start, length: edit.start - start, viewStart });
    viewStart += edit.start - start + keepLines(code, edit).length;
    start = edit.end;
  }
  return [...pieces, { start, length: code.length - start, viewStart }];
}
