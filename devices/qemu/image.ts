import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../../src/errors.ts';
import { cacheFolder } from '../cache-folder.ts';
import { shellWords } from '../shell-words.ts';
import { buildScript } from './build-script.ts';
import { isRoot, requireBoardPrograms, searchPath } from './requirements.ts';
import { machineSources, type Sources } from './sources.ts';
import { firstFiles, hostAlias, modules, overlay, packages, user } from './system-files.ts';

/** A step of work that takes seconds. */
export interface StepOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((what: string) => void) | undefined;
}

/** The folder with a board's files. */
export interface Image {
  readonly folder: string;
  readonly kernel: string;
  readonly initrd: string;
  /** ext4, never written to: each board has its own changes. */
  readonly disk: string;
  readonly key: string;
  readonly knownHosts: string;
}

/**
 * The files of a board whose disk has `disk` MB, made from the packages of this machine's own Debian sources, and kept:
 * the same recipe and sources are the same folder. Throws UsageError where something is missing, or the build fails.
 */
export async function boardImage(disk: number, options: StepOptions = {}): Promise<Image> {
  requireBoardPrograms();
  const sources = await machineSources();
  const recipe = { buildScript, firstFiles, overlay, packages, modules, sources, disk };
  const hash = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16);
  const folder = join(cacheFolder(), `qemu-arm64-${hash}`);
  if (!existsSync(folder)) await buildInto(folder, { ...options, sources, disk });
  const file = (name: string) => join(folder, name);
  return {
    folder,
    kernel: file('vmlinuz'),
    initrd: file('initrd.gz'),
    disk: file('disk.ext4'),
    key: file('id'),
    knownHosts: file('known_hosts'),
  };
}

interface BuildOptions extends StepOptions {
  readonly sources: Sources;
  readonly disk: number;
}

/** Builds beside the place and moves it there: it is whole or not there. Of two at once the first counts. */
async function buildInto(folder: string, options: BuildOptions): Promise<void> {
  const work = `${folder}.${process.pid}`;
  await mkdir(work, { recursive: true, mode: 0o700 });
  // Others may look at nothing here: the folder holds keys.
  await chmod(work, 0o700);
  try {
    const { sources } = options;
    await writeAll(join(work, 'first'), firstFiles);
    await writeAll(join(work, 'overlay'), overlay);
    await writeFile(join(work, 'sources.list'), sources.lines.map((line) => `${line}\n`).join(''));
    await runBuild(work, options);
    await rename(work, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

function runBuild(folder: string, { sources, disk, signal, onStep }: BuildOptions): Promise<void> {
  signal?.throwIfAborted();
  const parameters = [sources.suite, packages.join(','), modules.join(','), String(disk), hostAlias, user];
  const options = sources.options.map((option) => `--aptopt=${option}`);
  const shell = ['sh', '-c', buildScript, 'edgebook-build', ...parameters, ...options];
  const [program, ...words] = isRoot() ? shell : ['fakeroot', '--', ...shell];
  const env = { ...process.env, PATH: searchPath(), LC_ALL: 'C', TMPDIR: folder };
  const child = spawn(program!, words, {
    ...{ cwd: folder, env, detached: true },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const abort = () => void (child.pid && process.kill(-child.pid, 'SIGKILL'));
  signal?.addEventListener('abort', abort, { once: true });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4096);
  });
  child.stdout.on('data', (chunk: Buffer) => {
    for (const [, what] of chunk.toString().matchAll(/^step (.*)$/gm)) onStep?.(what!);
  });
  return new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason);
      else if (code === 0) resolve();
      else reject(buildError(said, code, program!));
    });
  });
}

function buildError(said: string, code: number | null, program: string): UsageError {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('I: '));
  const line = lines.findLast((text) => /^E: |error|cannot|failed/i.test(text)) ?? lines.at(-1);
  return new UsageError(
    `The board of qemu:arm64 could not be made: ${line ?? `${shellWords([program])} ended with code ${code}`}. It is made from the packages of this machine's apt sources: check the network, and apt-get update`,
  );
}
