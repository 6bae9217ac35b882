import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UsageError } from '../../src/errors.ts';

/** Where this machine has Debian's packages from. */
export interface Sources {
  /** The name of the release: `bookworm`. */
  readonly suite: string;
  /** Lines of a sources.list. */
  readonly lines: readonly string[];
  /** Options of apt that hold for its downloads: proxies. */
  readonly options: readonly string[];
}

const run = promisify(execFile);

/** The machine's own Debian sources, as apt itself understands its files. Throws UsageError where there are none. */
export async function machineSources(): Promise<Sources> {
  const [targets, config] = await Promise.all([
    run('apt-get', ['indextargets', 'Created-By: Packages'], { maxBuffer: 1 << 26 }),
    run('apt-config', ['dump', '--format', '%F "%v";%n', 'Acquire']),
  ]);
  return {
    ...readTargets(targets.stdout),
    options: config.stdout.split('\n').filter((line) => /^Acquire::[^ ]*proxy[^ ]* "[^"]+"/i.test(line)),
  };
}

/** Reads what `apt-get indextargets` prints: a stanza for each list of packages. Throws UsageError. */
export function readTargets(text: string): Pick<Sources, 'suite' | 'lines'> {
  const stanzas = text.split(/\n\n+/).map(fieldsOf);
  const debian = stanzas.filter(
    (fields) => fields.get('Origin') === 'Debian' && fields.get('Component') === 'main',
  );
  const lines = debian.map((fields) => {
    const key = fields.get('Signed-By');
    // A key that stands in the file itself has several lines: apt's own keys are tried then.
    const option = key && !/\s/.test(key) ? `[signed-by=${key}] ` : '';
    return `deb ${option}${fields.get('Repo-URI')} ${fields.get('Release')} main`;
  });
  const suite = debian
    .map((fields) => fields.get('Release')!)
    .find((release) => !/-(updates|security|backports|proposed)/.test(release));
  if (suite !== undefined) return { suite, lines: [...new Set(lines)] };
  throw new UsageError(
    "qemu:arm64 is made from Debian's packages, and apt knows none on this machine. On Debian run apt-get update; elsewhere attach a board by ssh://user@host",
  );
}

function fieldsOf(stanza: string): Map<string, string> {
  const pairs = stanza.split('\n').flatMap((line): [string, string][] => {
    const colon = line.indexOf(': ');
    return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2).trim()]];
  });
  return new Map(pairs);
}
