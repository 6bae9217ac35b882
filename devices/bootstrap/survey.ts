import { DeviceError } from '../../src/errors.ts';
import { isSupportedNode, minimumNode } from '../../src/supported-node.ts';
import type { Transport } from '../device.ts';

/** What must be known of a device before anything is sent to it. */
export interface Survey {
  readonly arch: 'x64' | 'arm64';
  /** A Node of the device's own that is new enough. */
  readonly node: string | undefined;
  /** Absolute path of the user's home folder. */
  readonly home: string;
  /** Room in the home folder, in bytes. */
  readonly free: number;
  /** What has been sent before: `node/NAME`, `onnxruntime/NAME`, `edgebook/NAME`. */
  readonly present: readonly string[];
}

/** One line an answer; a device without Node has a POSIX shell at least. */
const script = `echo "system $(uname -s)"
echo "machine $(uname -m)"
echo "home $HOME"
echo "libc $( (getconf GNU_LIBC_VERSION || ldd --version) 2>&1 | head -n 1)"
for f in /lib/ld-musl-*; do if [ -e "$f" ]; then echo "musl $f"; fi; done
echo "free $(df -Pk "$HOME" | tail -n 1 | awk '{print $4}')"
for n in "$(command -v node)" "$HOME/.local/bin/node" /usr/local/bin/node; do
  if [ -x "$n" ]; then echo "node $n $("$n" -p process.versions.node 2>/dev/null)"; fi
done
for f in "$HOME"/.edgebook/*/*/.complete; do if [ -e "$f" ]; then d=\${f%/.complete}; echo "present $d"; fi; done
true`;

const machines: Readonly<Record<string, Survey['arch']>> = { x86_64: 'x64', aarch64: 'arm64' };

/** The least glibc that the Node of npm's package runs on. */
const minimumGlibc = 2.28;

/** Looks a device over. Throws DeviceError where the agent cannot run, with what it needs. */
export async function survey(transport: Transport, signal?: AbortSignal): Promise<Survey> {
  const { stdout } = await transport.exec(['sh', '-c', script], {
    timeoutMs: 20_000,
    ...(signal && { signal }),
  });
  return readSurvey(transport.name, Buffer.from(stdout).toString());
}

/** Reads what the script wrote. Throws DeviceError. */
export function readSurvey(device: string, text: string): Survey {
  const lines = text.split('\n').map((line) => line.trim());
  const all = (key: string) =>
    lines.flatMap((line) => (line.startsWith(`${key} `) ? line.slice(key.length + 1).trim() : []));
  const one = (key: string) => all(key)[0] ?? '';
  const home = one('home');
  return {
    arch: archOf(device, {
      system: one('system'),
      machine: one('machine'),
      libc: one('libc'),
      musl: all('musl'),
    }),
    node: all('node').flatMap(suitableNode)[0],
    home,
    free: Number(one('free')) * 1024,
    present: all('present').map((path) => path.slice(`${home}/.edgebook/`.length)),
  };
}

interface Machine {
  readonly system: string;
  readonly machine: string;
  readonly libc: string;
  readonly musl: readonly string[];
}

function archOf(device: string, { system, machine, libc, musl }: Machine): Survey['arch'] {
  const refuse = (what: string) =>
    new DeviceError(
      `${device} ${what}. Cells run on 64-bit Linux with glibc ${minimumGlibc} or newer, x86_64 or aarch64; %%on ${device} --shell works all the same`,
      { device, command: 'uname' },
    );
  if (system !== 'Linux') throw refuse(`runs ${system || 'an unknown system'}`);
  const arch = machines[machine];
  if (!arch)
    throw refuse(`is a ${machine} machine, for which there is no Node ${minimumNode} and no onnxruntime`);
  const glibc = /(?:glibc|GLIBC)\D*(\d+\.\d+)/.exec(libc)?.[1];
  if (glibc === undefined && (musl.length > 0 || /musl/i.test(libc)))
    throw refuse('has the C library musl (Alpine Linux?), for which onnxruntime is not built');
  if (glibc !== undefined && !isAtLeast(glibc, minimumGlibc)) throw refuse(`has glibc ${glibc}`);
  return arch;
}

function isAtLeast(version: string, least: number): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = String(least).split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** `PATH VERSION`. */
function suitableNode(line: string): string[] {
  const at = line.lastIndexOf(' ');
  const version = line.slice(at + 1);
  return at > 0 && isSupportedNode(version) ? [line.slice(0, at)] : [];
}
