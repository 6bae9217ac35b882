import type { Readable } from 'node:stream';

/** Calls `onLine` for every line of UTF-8 text that is not empty, without its line break. */
export function forEachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('error', () => {});
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line) onLine(line);
  });
}
