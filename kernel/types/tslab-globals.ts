import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Magic } from '../../magics/magic.ts';
import { ambientDeclarations } from './ambient.ts';
import type { ModuleExport } from './module-exports.ts';

/** The part of a compiler's file system through which tslab's converter reads. */
interface FileSystem {
  readFile(path: string, encoding?: string): string | undefined;
  fileExists(path: string): boolean;
  getCurrentDirectory(): string;
}

const name = '__edgebook_tslab_globals';

/** To be written above the declarations that tslab's converter is given. */
export const importGlobals = `import './${name}';\n`;

export interface TslabGlobals {
  readonly magics: readonly Magic[];
  /** What `edgebook` exports. */
  readonly library: readonly ModuleExport[];
}

/**
 * Has tslab's own compiler find, in memory, what cells may use without an import, and the library. Of the latter it is
 * told the names only, all are `any`: the sources are for a newer compiler.
 */
export function offerGlobals(globals: TslabGlobals): void {
  const require = createRequire(createRequire(import.meta.url).resolve('tslab/dist/converter'));
  const { sys } = require('@tslab/typescript-for-tslab') as { sys: FileSystem };
  const path = join(sys.getCurrentDirectory(), `${name}.d.ts`).replaceAll('\\', '/');
  const text = globalsFor(globals);
  const { readFile, fileExists } = sys;
  sys.readFile = (file, encoding) => (file === path ? text : readFile.call(sys, file, encoding));
  sys.fileExists = (file) => file === path || fileExists.call(sys, file);
}

/** A script and no module: only there a module can be declared that holds anything. */
const globalsFor = ({ magics, library }: TslabGlobals): string =>
  `declare module 'edgebook' {
${library.map(untyped).join('\n')}
}
declare module '${name}' {
${ambientDeclarations(magics).replace('declare global', 'global')}
}
`;

function untyped({ name, isType, isValue }: ModuleExport): string {
  const type = isType ? `export type ${name}<A = any, B = any, C = any, D = any> = any;` : '';
  return `  ${isValue ? `export const ${name}: any;` : ''} ${type}`;
}
