import type { MimeBundle } from '../src/report.ts';

/** What a terminal shows of a value: its text, else its source, else what it is and how large. */
export function terminalText(data: MimeBundle): string {
  const text = data['text/plain'] ?? data['text/markdown'] ?? data['text/latex'];
  if (text !== undefined) return String(text).replace(/\n$/, '');
  const html = data['text/html'];
  const words = html === undefined ? '' : withoutTags(String(html));
  return words || Object.entries(data).map(describe).join(' ');
}

/** The words of a page, a line for each of its blocks. */
function withoutTags(html: string): string {
  const lines = html
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, '')
    .replace(/<\/(p|div|li|tr|h\d|table)>|<br\s*\/?>/gi, '\n')
    .replace(/<\/t[dh]>/gi, '  ')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => entities[name]!)
    .split('\n');
  return lines
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n');
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

/** `<image/png, 1.2 kB>`; bytes are base64 in a bundle. */
function describe([mime, data]: [string, unknown]): string {
  if (typeof data !== 'string') return `<${mime}>`;
  const bytes = mime.startsWith('image/') && mime !== 'image/svg+xml' ? (data.length * 3) / 4 : data.length;
  return `<${mime}, ${bytes < 1000 ? `${Math.round(bytes)} bytes` : `${(bytes / 1000).toFixed(1)} kB`}>`;
}
