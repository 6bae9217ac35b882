import { cpSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { CodeCell } from '../../kernel/notebook.ts';
import { runNotebook } from '../../kernel/run-notebook.ts';

test('the tour of the kernel runs as it says', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'edgebook-test-')));
  const path = join(folder, '02-the-kernel.ipynb');
  cpSync('notebooks/02-the-kernel.ipynb', path);
  const { notebook, ok } = await runNotebook(path, { terminal: silent() });
  expect(ok).toBe(true);
  const cells = notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === 'code');
  const shown = (start: string) =>
    JSON.stringify(cells.find(({ source }) => source.includes(start))?.outputs);
  expect(shown('[3, 4]')).toContain('["5"]');
  expect(shown('interface Layer')).toContain('100480');
  expect(shown('const note')).toContain('range ±1: largest error 0.0039');
  expect(shown('class Bar')).toContain('text/html');
  expect(shown('%help')).toContain('--per-tensor');
  expect(shown('scaleFor')).toContain('largest must be positive, was 0');
  expect(JSON.stringify(cells.at(-1)?.outputs)).toContain('["3"]');
});

const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
