import type { Piece } from './pieces.ts';

/** A range of bytes to be copied, from the file that is there already or from what is sent. */
export interface Copy {
  readonly from: 'there' | 'sent';
  readonly offset: number;
  readonly length: number;
}

export interface Assembly {
  /** In the order of the new file; neighbours of one source are one copy. */
  readonly copies: readonly Copy[];
  /** What has to travel, in the order of the copies. */
  readonly sent: Uint8Array;
}

/** How a new file is made of the pieces of one that is there, and of as few other bytes as possible. */
export function assemblyOf(file: Uint8Array, pieces: readonly Piece[], there: readonly Piece[]): Assembly {
  const known = offsetsOf(there);
  const copies: Copy[] = [];
  const parts: Uint8Array[] = [];
  let at = 0;
  let sent = 0;
  for (const { hash, size } of pieces) {
    const offset = known.get(hash);
    if (offset === undefined) {
      parts.push(file.subarray(at, at + size));
      append(copies, { from: 'sent', offset: sent, length: size });
      sent += size;
    } else append(copies, { from: 'there', offset, length: size });
    at += size;
  }
  return { copies, sent: Buffer.concat(parts) };
}

function offsetsOf(pieces: readonly Piece[]): Map<string, number> {
  const offsets = new Map<string, number>();
  let at = 0;
  for (const { hash, size } of pieces) {
    offsets.set(hash, at);
    at += size;
  }
  return offsets;
}

function append(copies: Copy[], copy: Copy): void {
  const last = copies.at(-1);
  if (last?.from === copy.from && last.offset + last.length === copy.offset)
    copies[copies.length - 1] = { ...last, length: last.length + copy.length };
  else copies.push(copy);
}
