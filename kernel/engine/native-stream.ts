import type { Readable } from 'node:stream';
import { endMarkPattern } from './protocol.ts';

export interface NativeStreamListener {
  onText(text: string): void;
  /** All that was written before the end of this cell has been passed on. */
  onMark(cell: number): void;
  onEnd(): void;
}

/** Longest mark there can be; a tail this short may be the beginning of one. */
const markLength = 32;

/** Reads what native code and subprocesses write to the child's stdout or stderr, and the marks between. */
export function readNativeStream(stream: Readable, listener: NativeStreamListener): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('error', () => {});
  stream.on('data', (text: string) => {
    rest += text;
    for (let mark = endMarkPattern.exec(rest); mark; mark = endMarkPattern.exec(rest)) {
      if (mark.index > 0) listener.onText(rest.slice(0, mark.index));
      rest = rest.slice(mark.index + mark[0].length);
      listener.onMark(Number(mark[1]));
    }
    const nul = rest.lastIndexOf('\0');
    const safe = nul >= 0 && rest.length - nul < markLength ? nul : rest.length;
    if (safe > 0) listener.onText(rest.slice(0, safe));
    rest = rest.slice(safe);
  });
  stream.on('end', () => {
    if (rest) listener.onText(rest);
    listener.onEnd();
  });
}
