import { UsageError } from '../../src/errors.ts';
import type { Transport } from '../device.ts';
import { engineRoot } from './engine.ts';
import { onDevice } from './on-device.ts';
import { defaultRoot, type SlotState, slotState } from './slots.ts';

/** What a deployment is called when nobody says. */
export const defaultName = 'main';

/** The folder on the device of a deployment's slots. Throws UsageError for what cannot be a part of a URL and a path. */
export function deploymentRoot(name: string): string {
  if (/^[A-Za-z][\w.-]{0,63}$/.test(name)) return `${defaultRoot}/${name}`;
  throw new UsageError(
    `A deployment's name has up to 64 letters, digits, - . and _ and begins with a letter, was '${name}'`,
  );
}

/** A deployment by its name, and what is in its slots. */
export interface Deployment extends SlotState {
  readonly name: string;
}

/** Looks, and makes no folder where nothing was deployed yet. */
const list =
  'cd "$HOME/$0" 2>/dev/null || exit 0; for f in */current; do if [ -f "$f" ]; then dirname "$f"; fi; done';

/** Every deployment of a device, by name. */
export async function deploymentsOn(transport: Transport): Promise<Deployment[]> {
  const { stdout } = await transport.exec(['sh', '-c', list, defaultRoot], { timeoutMs: 20_000 });
  const names = Buffer.from(stdout)
    .toString()
    .split('\n')
    .filter((name) => name !== '');
  const states: Deployment[] = [];
  for (const name of names) states.push({ name, ...(await slotState(transport, deploymentRoot(name))) });
  return states;
}

/** Takes away all deployments of a device and the engines that were built; the service must have been stopped. */
export async function clearDeployments(transport: Transport): Promise<void> {
  const script = 'cd "$HOME"; rm -rf "$root"';
  for (const root of [defaultRoot, engineRoot])
    await onDevice(transport, root, { script, what: 'take away the deployments' });
}
