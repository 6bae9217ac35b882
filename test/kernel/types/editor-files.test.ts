import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { writeEditorFiles } from '../../../kernel/types/editor-files.ts';
import { magics } from '../../../magics/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgebook-editor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a file of cells compiles with the declarations, by the compiler on the command line', () => {
  const written = writeEditorFiles(folder, magics);
  expect(written.map((path) => path.slice(folder.length + 1))).toEqual([
    'edgebook-magics.d.ts',
    'tsconfig.json',
  ]);
  writeFileSync(
    join(folder, 'cell.ts'),
    "display.html('<b>x</b>');\nawait $magic('types', 'warn');\nexport {};\n",
  );
  const options = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8'));
  options.compilerOptions.typeRoots = [
    fileURLToPath(new URL('../../../node_modules/@types', import.meta.url)),
  ];
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
  const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
  expect(execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })).toBe('');
  expect(writeEditorFiles(folder, magics)).toHaveLength(1);
});
