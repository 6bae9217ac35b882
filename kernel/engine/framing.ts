import type { Readable } from 'node:stream';

const newline = 0x0a;
const escapeByte = 0x1b;
const escapedNewline = 0x6e;
const escapedEscape = 0x65;
/** First byte of a line that holds a buffer; JSON never begins with it. */
const bufferMark = 0x01;

/**
 * A message as lines: one for each of its buffers, then its JSON with their number. Bytes that would end a line are
 * escaped, which costs less than a hundredth in size; a message that was cut in two is known by its lines.
 * The leading line break ends a message that an interrupt cut in two.
 */
export function frame(message: object, buffers: readonly Uint8Array[] = []): Buffer {
  if (buffers.length === 0) return Buffer.from(`\n${JSON.stringify(message)}\n`);
  const json = JSON.stringify({ ...message, bufferCount: buffers.length });
  return Buffer.concat([Buffer.from('\n'), ...buffers.map(bufferLine), Buffer.from(`${json}\n`)]);
}

/** Calls `onMessage` for every whole message with the buffers that it came with. */
export function readFrames<M>(
  stream: Readable,
  onMessage: (message: M, buffers: readonly Uint8Array[]) => void,
): void {
  let waiting: Uint8Array[] = [];
  forEachLine(stream, (line) => {
    if (line[0] === bufferMark) {
      waiting.push(unescaped(line.subarray(1)));
      return;
    }
    const message = parse<M & { bufferCount?: number }>(line);
    const { bufferCount = 0 } = message ?? {};
    // Those before belong to a message that was cut.
    const buffers = bufferCount > 0 ? waiting.slice(-bufferCount) : [];
    waiting = [];
    if (message) onMessage(message, buffers);
  });
}

/** undefined for a line that was cut. */
function parse<M>(line: Buffer): M | undefined {
  try {
    return JSON.parse(line.toString()) as M;
  } catch {
    return undefined;
  }
}

function forEachLine(stream: Readable, onLine: (line: Buffer) => void): void {
  let rest: Buffer[] = [];
  stream.on('error', () => {});
  stream.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const tail = chunk.subarray(start, end);
      const line = rest.length > 0 ? Buffer.concat([...rest, tail]) : tail;
      rest = [];
      start = end + 1;
      if (line.length > 0) onLine(line);
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  });
}

function bufferLine(bytes: Uint8Array): Buffer {
  const escapes = bytes.reduce((count, byte) => count + Number(byte === newline || byte === escapeByte), 0);
  const line = Buffer.allocUnsafe(bytes.length + escapes + 2);
  let at = 0;
  line[at++] = bufferMark;
  for (const byte of bytes) {
    if (byte === newline || byte === escapeByte) {
      line[at++] = escapeByte;
      line[at++] = byte === newline ? escapedNewline : escapedEscape;
    } else line[at++] = byte;
  }
  line[at] = newline;
  return line;
}

/** A copy of its own, so that it can go to another thread without what lies around it. */
function unescaped(line: Buffer): Uint8Array {
  const bytes = new Uint8Array(line.length);
  let at = 0;
  for (let i = 0; i < line.length; i++) {
    const byte = line[i]!;
    if (byte !== escapeByte) bytes[at++] = byte;
    else bytes[at++] = line[++i] === escapedNewline ? newline : escapeByte;
  }
  return bytes.slice(0, at);
}
