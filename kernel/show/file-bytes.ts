import { formatNumber } from '../../src/report/cell.ts';
import type { MimeBundle } from '../../src/report.ts';

interface FileType {
  readonly mime: string;
  readonly name: string;
  /** What the file starts with; `.` stands for any byte. */
  readonly start: RegExp;
}

const types: readonly FileType[] = [
  { mime: 'image/png', name: 'PNG image', start: /^\x89PNG/ },
  { mime: 'image/jpeg', name: 'JPEG image', start: /^\xff\xd8\xff/ },
  { mime: 'image/gif', name: 'GIF image', start: /^GIF8[79]a/ },
  { mime: 'image/webp', name: 'WebP image', start: /^RIFF[\s\S]{4}WEBP/ },
  { mime: 'application/pdf', name: 'PDF document', start: /^%PDF-/ },
  {
    mime: 'image/svg+xml',
    name: 'SVG image',
    start: /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)?<svg[\s>]/,
  },
];

/** The MIME type that the first bytes say; undefined for what no front end shows. */
export function mimeOf(bytes: Uint8Array): string | undefined {
  return typeOf(bytes)?.mime;
}

/** A file's bytes as the picture that they are. */
export function render(bytes: Uint8Array): MimeBundle {
  const { mime, name } = typeOf(bytes)!;
  const data = mime === 'image/svg+xml' ? new TextDecoder().decode(bytes) : bytes;
  return { [mime]: data, 'text/plain': `${name}, ${formatNumber(bytes.length)} bytes` };
}

function typeOf(bytes: Uint8Array): FileType | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  return types.find(({ start }) => start.test(head));
}
