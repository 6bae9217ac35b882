import { crc32, inflateRawSync } from 'node:zlib';
import { UsageError } from '../../errors.ts';

/** Deflate makes nothing smaller than this many times. */
const strongest = 1032;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * The files in a zip archive by name: stored or deflated, as numpy writes them; archives beyond 4 GiB are not read
 * (PKWARE's APPNOTE.TXT, 4.3). Throws UsageError if it is malformed, or a file's checksum is wrong.
 */
export function readZip(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return new Map(entries(view).map((entry) => [entry.name, contentOf(entry, { bytes, view })]));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UsageError('The zip archive is malformed: it points behind its end', { cause });
  }
}

/** The central directory, which the end of the archive points to. */
function entries(view: DataView): Entry[] {
  let end = view.byteLength - 22;
  const first = Math.max(0, end - 65535);
  while (end >= first && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < first) throw new UsageError('A zip archive must end with its directory, this does not');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  return Array.from({ length: count }, () => {
    if (view.getUint32(at, true) !== 0x02014b50)
      throw new UsageError(`The zip archive is malformed: its directory must have an entry at ${at}`);
    const entry = directoryEntry(view, at);
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    return entry;
  });
}

function directoryEntry(view: DataView, at: number): Entry {
  const name = new Uint8Array(view.buffer, view.byteOffset + at + 46, view.getUint16(at + 28, true));
  return {
    name: new TextDecoder().decode(name),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  };
}

function contentOf(entry: Entry, { bytes, view }: { bytes: Uint8Array; view: DataView }): Uint8Array {
  const { name, method, flags, crc, packed, size, offset } = entry;
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const fits = start + packed <= bytes.length && size <= packed * strongest + 64;
  if (!fits || flags & 1 || (method !== 0 && method !== 8))
    throw new UsageError(
      `'${name}' in the zip archive must be stored or deflated, not encrypted, and within the file`,
    );
  const content = unpack(bytes.subarray(start, start + packed), { name, method, size });
  if (content.length === size && crc32(content) === crc) return content;
  throw new UsageError(`'${name}' in the zip archive is damaged: its checksum is another`);
}

function unpack(
  data: Uint8Array,
  { name, method, size }: { name: string; method: number; size: number },
): Uint8Array {
  if (method === 0) return data;
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
  } catch (cause) {
    throw new UsageError(`'${name}' in the zip archive cannot be unpacked: ${(cause as Error).message}`, {
      cause,
    });
  }
}
