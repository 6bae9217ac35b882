import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { type Check, type Finding, ok, warn } from './check.ts';
import { userDataFolder } from './jupyter-paths.ts';

const gigabyte = 1e9;
/** Training MNIST takes less than this; in bytes. */
const enoughMemory = 2 * gigabyte;
const enoughDisk = gigabyte;

export const memory: Check = {
  name: 'memory',
  run() {
    const bytes = process.constrainedMemory() || totalmem();
    const total = Math.min(bytes, totalmem());
    const text = `${gigabytes(total)} in all, ${gigabytes(process.availableMemory())} free`;
    return total >= enoughMemory
      ? ok(text)
      : warn(text, 'Training may run out of memory: use smaller batches');
  },
};

export const disk: Check = {
  name: 'disk',
  run({ cwd }) {
    const { bavail, bsize } = statfsSync(cwd);
    const text = `${gigabytes(bavail * bsize)} free in ${cwd}`;
    return bavail * bsize >= enoughDisk
      ? ok(text)
      : warn(text, 'Make room: models and their history are kept there');
  },
};

export const folders: Check = {
  name: 'folders',
  run({ env, cwd }) {
    const locked = [cwd, existing(userDataFolder(env))].find((folder) => !isWritable(folder));
    if (locked === undefined) return ok('can be written');
    return warn(`${locked} cannot be written`, 'Change its owner or rights, or work in another folder');
  },
};

export const processor: Check = {
  name: 'processor',
  run: () => judgeProcessor(cpus()[0]?.model ?? process.arch, process.arch, cpuFlags()),
};

/** What decides the speed of 8-bit models; `flags` are undefined where the system does not tell. */
export function judgeProcessor(model: string, arch: string, flags: ReadonlySet<string> | undefined): Finding {
  if (arch !== 'x64' || flags === undefined) return ok(`${model} (${arch})`);
  const vnni = flags.has('avx512_vnni') || flags.has('avx_vnni');
  const known = [flags.has('avx2') && 'AVX2', flags.has('avx512f') && 'AVX-512', vnni && 'VNNI'].filter(
    Boolean,
  );
  const text = `${model}: ${known.join(', ') || 'no AVX2'}`;
  if (vnni) return ok(text);
  return warn(`${text}, no VNNI`, 'int8 models may lose accuracy here: use %quantize --reduce-range');
}

function cpuFlags(): ReadonlySet<string> | undefined {
  if (!existsSync('/proc/cpuinfo')) return undefined;
  const line = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
  return line === undefined ? undefined : new Set(line.trim().split(/\s+/));
}

/** The folder, or the nearest above it that is there. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const gigabytes = (bytes: number): string => `${(bytes / gigabyte).toFixed(1)} GB`;
