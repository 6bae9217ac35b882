import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Magic } from '../../magics/magic.ts';
import { ambientDeclarations } from './ambient.ts';

const declarations = 'edgebook-magics.d.ts';

/** As cells are compiled: top-level await, any import, unhurried types. */
const tsconfig = {
  compilerOptions: {
    target: 'ESNext',
    lib: ['ESNext'],
    module: 'ESNext',
    moduleResolution: 'Bundler',
    moduleDetection: 'force',
    jsx: 'preserve',
    types: ['node'],
    strict: false,
    allowJs: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
  },
};

/**
 * Tells an editor's own TypeScript what cells in `folder` may use: writes `edgebook-magics.d.ts`, and a
 * `tsconfig.json` if there is none. Returns the paths written.
 */
export function writeEditorFiles(folder: string, magics: readonly Magic[]): string[] {
  const files = [[declarations, ambientDeclarations(magics)]];
  if (!existsSync(join(folder, 'tsconfig.json')))
    files.push(['tsconfig.json', `${JSON.stringify(tsconfig, undefined, 2)}\n`]);
  return files.map(([name = '', text = '']) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
}
