import type { AttachedDevice } from '../devices/attached-device.ts';
import { type DeployReport, deploymentRoot, rollback } from '../devices/deploy/index.ts';
import { bootText } from '../devices/service/boot.ts';
import { served, startService } from '../devices/service/service-control.ts';
import type { ServiceState } from '../devices/service/service-state.ts';
import { sshAddress } from '../devices/ssh/address.ts';
import type { Context } from './magic.ts';

/** A device whose service is needed. */
export interface ServingDevice {
  readonly device: AttachedDevice;
  /** The agent's command there. */
  readonly agent: readonly string[];
  readonly context: Context;
}

/**
 * Starts the service where it does not run, and waits until it serves what was deployed; what cannot be loaded is rolled
 * back. Returns what the reader must know. Throws DeviceError.
 */
export async function serveDeployed(
  serving: ServingDevice,
  { name, report }: { readonly name: string; readonly report: DeployReport },
): Promise<string[]> {
  const { device } = serving;
  const { manifest, before } = report.facts;
  try {
    return await serve(serving, { name, sha256: manifest.model });
  } catch (error) {
    // The slot that is named must be the one that is served, also after the next start.
    if (before) await rollback(device.opened.transport, { root: deploymentRoot(name) });
    throw error;
  }
}

/** The service serves a model of that sha256 from now on; what the reader must know. Throws DeviceError. */
export async function serve(
  { device, agent, context }: ServingDevice,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
): Promise<string[]> {
  const { signal } = context;
  const place = { transport: device.opened.transport, agent, signal };
  const isBoard = device.url !== 'local:';
  const boot = await startService(place, { isBoard });
  const bar = context.progress(`service on ${device.name}`);
  try {
    const { state } = await served(place, { name, sha256 });
    bar.done(`serves ${name} at port ${state.port} of its loopback`);
    context.print(`${howToCall(device, name, state)}\n`);
    return isBoard && boot !== 'systemd' && boot !== 'crontab' ? [`${device.name}: ${bootText[boot]}`] : [];
  } catch (error) {
    bar.done(signal.aborted ? 'interrupted' : 'does not serve it');
    throw error;
  }
}

/** A command for people to try. */
export function howToCall({ name, url }: AttachedDevice, model: string, { port }: ServiceState): string {
  const curl = `curl localhost:${port}/v1/models/${model} -d '{"inputs": [[...]]}'`;
  if (!url.startsWith('ssh:')) return `${name}: ${curl}`;
  const { host, port: sshPort, user } = sshAddress(url);
  const target = `${sshPort ? `-p ${sshPort} ` : ''}${user ? `${user}@` : ''}${host}`;
  return `${name}: there ${curl}; from here after ssh -N -L ${port}:127.0.0.1:${port} ${target}`;
}
