/** Our contestant as users run it: the built library, without Node's compiler of TypeScript in the same process and its memory. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = fileURLToPath(new URL('.', import.meta.url));
const built = new URL('../dist/src/', import.meta.url);

/** Writes `quantization-ours.ts` and what it needs of this folder as JavaScript on `dist`; returns its path. */
export function builtContestant(folder: string): string {
  if (!existsSync(built)) throw new Error(`There is no ${fileURLToPath(built)}: run npm run build`);
  mkdirSync(folder, { recursive: true });
  for (const name of ['quantization-ours', 'quantization-npy']) {
    const source = javaScript(readFileSync(join(here, `${name}.ts`), 'utf8'));
    const linked = source
      .replaceAll(/'\.\.\/src\/(.*?)\.ts'/g, (_, path) => `'${new URL(`${path}.js`, built).href}'`)
      .replaceAll(/'\.\/(quantization-.*?)\.ts'/g, "'./$1.mjs'");
    writeFileSync(join(folder, `${name}.mjs`), linked);
  }
  return join(folder, 'quantization-ours.mjs');
}

function javaScript(source: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}
