import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A notebook's folder with the kinds of modules that cells import. */
const files: Record<string, string> = {
  'data.json': '{ "answer": 42 }',
  'helper.ts': 'export interface Point { x: number }\nexport const double = (n: number): number => 2 * n;',
  'node_modules/waits/package.json': '{ "name": "waits", "type": "module", "exports": "./index.js" }',
  'node_modules/waits/index.js':
    "export const late = await Promise.resolve('late');\nexport default 'default';\nexport const fail = () => { throw new Error('in a package') };",
  'node_modules/old/package.json': '{ "name": "old", "main": "index.js" }',
  'node_modules/old/index.js':
    "const parts = { hidden: 'in default only', plus: (a, b) => a + b };\nmodule.exports = Object.assign({}, parts);",
  'node_modules/exported/package.json':
    '{ "name": "exported", "type": "module", "exports": { "./sub": { "import": "./deep/esm.js" } } }',
  'node_modules/exported/deep/esm.js': "export const where = 'sub path';",
};

/** Makes the folder; returns its path. The system's temporary folder is its owner. */
export function notebookFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'edgebook-test-')));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
