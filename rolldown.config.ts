import { globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';

const root = import.meta.dirname;

/** A file beside the one that names it, with whatever extension that has: a worker's or a child process's. */
const beside = /`(\.\/[\w-]+)\$\{extname\(import\.meta\.url\)\}`/g;
const imported = /'(\.[^']+)\.ts'/g;

/** The library's modules that other parts import or that run by themselves, and its indexes, by their names in `dist`. */
function entries(): Record<string, string> {
  const found = new Set(globSync('src/**/index.ts', { cwd: root }).map((path) => path.replace(/\.ts$/, '')));
  const readers = ['{src,kernel,magics,devices}/**/*.ts', 'bench/quantization-ours.ts'];
  for (const file of globSync(readers, { cwd: root })) {
    const pattern = isLibrary(file) ? beside : imported;
    for (const [, path] of readFileSync(join(root, file), 'utf8').matchAll(pattern)) {
      const target = join(dirname(file), path!);
      if (isLibrary(target)) found.add(target);
    }
  }
  return Object.fromEntries([...found].sort().map((path) => [slashed(path), join(root, `${path}.ts`)]));
}

const slashed = (path: string): string => path.split(sep).join('/');
const isLibrary = (path: string): boolean => path.startsWith(`src${sep}`);

const marker = /__urlOf\("([^"]+)"\)/g;

/** Each module keeps the URL that it has by itself, so that it finds what lies beside it from whatever bundle it is in. */
const ownUrls: Plugin = {
  name: 'own-urls',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return undefined;
    const path = slashed(relative(root, id)).replace(/\.ts$/, '.js');
    return code.replaceAll('import.meta.url', `__urlOf("${path}")`);
  },
  renderChunk(code, { fileName }) {
    const folder = dirname(fileName);
    const urlOf = (path: string) => JSON.stringify(slashed(relative(folder, path)));
    return code.replaceAll(marker, (_, path: string) => `new URL(${urlOf(path)}, import.meta.url).href`);
  },
};

/**
 * Takes away the library's modules that tsc has written and no bundle has replaced: what still imports one fails at once,
 * instead of getting a second copy of its classes.
 */
const onlyBundles: Plugin = {
  name: 'only-bundles',
  writeBundle({ dir }, bundle) {
    const kept = new Set(Object.keys(bundle));
    for (const file of globSync('src/**/*.js', { cwd: dir! }))
      if (!kept.has(slashed(file))) rmSync(join(dir!, file));
  },
};

/** The library as few modules: Node loads 700 small ones in 300 ms of processor time, these in 50. */
export default defineConfig({
  input: entries(),
  platform: 'node',
  external: (id) => !/^[./]|^[A-Za-z]:/.test(id),
  plugins: [ownUrls, onlyBundles],
  output: {
    dir: join(root, 'dist'),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'src/parts/[name]-[hash].js',
    keepNames: true,
  },
});
