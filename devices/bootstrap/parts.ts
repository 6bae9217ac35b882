import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { UsageError } from '../../src/errors.ts';
import { cacheFolder } from '../cache-folder.ts';
import type { Survey } from './survey.ts';
import { type TarEntry, tarOf } from './tar.ts';

/** One of the things that a device needs, as an archive that is made when it is not there yet. */
export interface Part {
  readonly kind: 'node' | 'onnxruntime' | 'edgebook';
  /** The same name is the same content. */
  readonly name: string;
  /** As users read it. */
  readonly title: string;
  archive(): Promise<Uint8Array>;
}

const require = createRequire(import.meta.url);
const ending = extname(import.meta.url);
/** Where our own folders are: `dist/` of the package, or the sources. */
const root = fileURLToPath(new URL('../../', import.meta.url));

const squeeze = async (entries: readonly TarEntry[]): Promise<Uint8Array> =>
  promisify(gzip)(tarOf(entries), { level: constants.Z_BEST_SPEED });

const packageFolder = (name: string): string => {
  const paths = require.resolve.paths(name) ?? [];
  const found = paths
    .map((folder) => join(folder, name))
    .find((folder) => existsSync(join(folder, 'package.json')));
  if (found) return found;
  throw new UsageError(`The package '${name}' is not installed beside Edgebook. Run npm install again`);
};

const versionOf = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;

/** Files below a folder, as entries below `prefix`. */
function entriesOf(folder: string, pattern: string, prefix: string): TarEntry[] {
  const paths = globSync(pattern, { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
  return paths
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => ({
      path: `${prefix}/${relative(folder, path).split(sep).join('/')}`,
      content: readFileSync(path),
    }));
}

/** Our own code, with the packages that the engine and the library load at once. */
export function edgebookPart(): Part {
  const own = ['src', 'kernel', 'magics', 'devices'].flatMap((folder) =>
    entriesOf(join(root, folder), `**/*{${ending},.json}`, `app/${folder}`),
  );
  const packages = [
    'acorn',
    'eslint-scope',
    'esrecurse',
    'estraverse',
    '@dagrejs/dagre',
    '@dagrejs/graphlib',
  ];
  const others = packages.flatMap((name) =>
    entriesOf(
      packageFolder(name),
      '{package.json,dist/**/*.{js,cjs,mjs,json},lib/**/*.{js,json},*.js}',
      `node_modules/${name}`,
    ),
  );
  const typescript = entriesOf(
    packageFolder('typescript'),
    '{package.json,lib/typescript.js}',
    'node_modules/typescript',
  );
  const manifest = { path: 'app/package.json', content: readFileSync(packageJson()) };
  const entries = [...own, ...others, ...typescript, manifest];
  const hash = createHash('sha256');
  for (const { path, content } of entries) hash.update(`${path}\0${content.length}\0`).update(content);
  return {
    kind: 'edgebook',
    name: hash.digest('hex').slice(0, 16),
    title: 'Edgebook',
    archive: () => squeeze(entries),
  };
}

function packageJson(): string {
  const beside = [join(root, 'package.json'), join(root, '..', 'package.json')];
  return beside.find((path) => existsSync(path))!;
}

/** onnxruntime's library and its binding for Node, of an architecture; the npm package holds them all. */
export function onnxruntimePart(arch: Survey['arch']): Part {
  const folder = packageFolder('onnxruntime-node');
  const common = packageFolder('onnxruntime-common');
  const name = `${versionOf(folder)}-linux-${arch}`;
  return {
    kind: 'onnxruntime',
    name,
    title: `onnxruntime ${versionOf(folder)}`,
    archive: () =>
      squeeze([
        ...entriesOf(
          folder,
          `{package.json,dist/**/*.js,bin/*/linux/${arch}/*}`,
          'node_modules/onnxruntime-node',
        ),
        ...entriesOf(common, '{package.json,dist/**/*.{js,json}}', 'node_modules/onnxruntime-common'),
      ]),
  };
}

/** Node itself, from npm's package: the one that runs here, or npm fetches that of the device's architecture. */
export function nodePart(arch: Survey['arch']): Part {
  const folder = packageFolder('node');
  const version = versionOf(folder);
  return {
    kind: 'node',
    name: `${version}-linux-${arch}`,
    title: `Node ${version}`,
    archive: async () => {
      const here = join(folder, 'bin', 'node');
      const isOwn = process.platform === 'linux' && process.arch === arch && existsSync(here);
      if (!isOwn) return readFileSync(await fetchedNode(arch, version));
      return squeeze([{ path: 'package/bin/node', content: readFileSync(here), executable: true }]);
    },
  };
}

/** npm checks what it fetches against the registry's hash; it is kept for the next device. */
async function fetchedNode(arch: Survey['arch'], version: string): Promise<string> {
  const cache = cacheFolder();
  const path = join(cache, `node-linux-${arch}-${version}.tgz`);
  if (existsSync(path)) return path;
  await mkdir(cache, { recursive: true });
  const spec = `node-linux-${arch}@${version}`;
  const folder = join(cache, `fetch-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    await promisify(execFile)('npm', ['pack', spec, '--pack-destination', folder, '--silent'], {
      cwd: cache,
    });
    await rename(join(folder, `node-linux-${arch}-${version}.tgz`), path);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new UsageError(`npm could not fetch ${spec}, the Node that the device needs: ${why}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return path;
}

/** Where the agent's program is below `app/`. */
export const agentProgram = `kernel/agent/agent${ending}`;

/** Where it is on this machine. */
export const ownAgentProgram = (): string => join(root, agentProgram);
