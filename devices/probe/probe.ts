import { DeviceError } from '../../src/errors.ts';
import { factsOf } from './facts.ts';
import { matchProfile } from './match.ts';
import { ProbeReport } from './probe-report.ts';
import { probeScript, sectionsOf } from './script.ts';

/** The part of a transport that a probe needs. */
export interface Probed {
  readonly name: string;
  exec(
    argv: readonly string[],
    options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
  ): Promise<{ readonly code: number; readonly stdout: Uint8Array; readonly stderr: Uint8Array }>;
}

export interface ProbeOptions {
  readonly signal?: AbortSignal;
  /** A folder there that holds the /proc, /sys, /etc and /dev to read, instead of the device's own. */
  readonly root?: string;
}

/** Looks into a Linux device, in one round trip. Throws DeviceError if it has no POSIX shell or does not answer in 60 s. */
export async function probe(device: Probed, { signal, root = '' }: ProbeOptions = {}): Promise<ProbeReport> {
  const argv = ['sh', '-c', probeScript, 'edgebook-probe', root];
  const { code, stdout, stderr } = await device.exec(argv, { timeoutMs: 60_000, ...(signal && { signal }) });
  const sections = sectionsOf(new TextDecoder().decode(stdout));
  if (sections) {
    const facts = factsOf(sections);
    return new ProbeReport({ device: device.name, facts, profile: matchProfile(facts) });
  }
  const said = new TextDecoder().decode(stderr).trim().split('\n')[0];
  throw new DeviceError(
    `${device.name} must be a Linux device with a POSIX shell to be looked into; its 'sh' ended with exit code ${code}${said ? ` (${said})` : ''} before the probe's end.`,
    { device: device.name, command: 'sh' },
  );
}
