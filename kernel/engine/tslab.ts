import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { bytesToBase64 } from '../display.ts';
import { show } from './report.ts';

// What cells get for `import * as tslab from 'tslab'`: the display functions that tslab documents.

/** The version of tslab whose functions these are. */
const tslabVersion = '1.0.22';

export interface Display {
  javascript(source: string): void;
  html(source: string): void;
  markdown(source: string): void;
  latex(source: string): void;
  svg(source: string): void;
  png(bytes: Uint8Array): void;
  jpeg(bytes: Uint8Array): void;
  gif(bytes: Uint8Array): void;
  pdf(bytes: Uint8Array): void;
  text(text: string): void;
  raw(contentType: string, data: string | Uint8Array): void;
}

/** Shows each thing below what was shown before. */
export const display: Display = createDisplay((data) => show({ type: 'display', data, metadata: {} }));

/** A display that shows one thing at a time: each replaces the one before, in place. */
export function newDisplay(): Display {
  const displayId = randomUUID();
  let type: 'display' | 'update' = 'display';
  return createDisplay((data) => {
    show({ type, data, metadata: {}, displayId });
    type = 'update';
  });
}

export const versions = {
  tslab: tslabVersion,
  node: process.version,
  typescript: (createRequire(import.meta.url)('typescript/package.json') as { version: string }).version,
};

export default { display, newDisplay, versions };

function createDisplay(send: (data: Record<string, string>) => void): Display {
  const raw: Display['raw'] = (contentType, data) => send({ [contentType]: bytesToBase64(data) as string });
  return {
    javascript: (source) => raw('text/javascript', source),
    html: (source) => raw('text/html', source),
    markdown: (source) => raw('text/markdown', source),
    latex: (source) => raw('text/latex', source),
    svg: (source) => raw('image/svg+xml', source),
    png: (bytes) => raw('image/png', bytes),
    jpeg: (bytes) => raw('image/jpeg', bytes),
    gif: (bytes) => raw('image/gif', bytes),
    pdf: (bytes) => raw('application/pdf', bytes),
    text: (text) => raw('text/plain', text),
    raw,
  };
}
