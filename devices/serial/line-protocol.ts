/**
 * What goes over the line. A request is `NUMBER COMMAND *CRC`, its reply `NUMBER REPLY *CRC`, each ended by a line feed:
 * the number tells which request a reply is to, and the CRC (of all before the blank and the star, as four hexadecimal
 * digits) that no byte of it was lost or changed. A board repeats its last reply when a number comes again, so that a
 * request that is repeated is done once; to a request that is damaged it says `0 DAMAGED`. What is no such line is a board's own chatter. Boards that know no numbers, as
 * their first firmware often does, are spoken to by the bare command: `PING` and `PONG`, `INFO` and `INFO ...`.
 */
export interface Framed {
  readonly number: number;
  readonly text: string;
}

/** CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xffff. Source: the Rocksoft catalogue of CRC algorithms. */
export function crc16(text: string): number {
  let crc = 0xffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}

/** The line of a request, without its end. */
export function frameLine({ number, text }: Framed): string {
  const body = `${number} ${text}`;
  return `${body} *${crc16(body).toString(16).padStart(4, '0')}`;
}

/** What a line says if it is whole; `damaged` if it was one and is not; undefined if it is something else. */
export function readLine(line: string): Framed | 'damaged' | undefined {
  const match = /^((\d+) (.*)) \*([0-9a-f]{4})$/.exec(line);
  if (!match) return /\*[0-9a-f]{1,4}$|^\d+ (?:OK|ERR|INFO|PONG)\b/.test(line) ? 'damaged' : undefined;
  const [, body = '', number, text = '', sum = ''] = match;
  return Number.parseInt(sum, 16) === crc16(body) ? { number: Number(number), text } : 'damaged';
}

/** Longest line that is kept while its end has not come, in characters. */
const longest = 8192;

/** Lines out of chunks as they come. Bytes that are no ASCII stand as `\ufffd`: the line is damaged, or its speed is wrong. */
export class LineReader {
  #rest = '';

  /** What has come of a line whose end has not. */
  get rest(): string {
    return this.#rest;
  }

  push(chunk: Uint8Array): string[] {
    const text = Array.from(chunk, (byte) => (byte < 128 ? String.fromCharCode(byte) : '\ufffd')).join('');
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!.slice(-longest);
    return lines.map((line) => line.replaceAll('\r', ''));
  }
}
