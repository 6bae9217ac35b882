import type { AttachedDevice } from '../devices/attached-device.ts';
import { type Deployment, deploymentsOn } from '../devices/deploy/index.ts';
import { driftText } from '../devices/service/drift.ts';
import { serviceState } from '../devices/service/service-control.ts';
import type { ModelState, ServiceState } from '../devices/service/service-state.ts';
import { DeviceError } from '../src/errors.ts';
import type { Row } from '../src/report.ts';
import { deviceOptions } from './device-options.ts';
import type { Context } from './magic.ts';

/** A device's deployments as rows of a table; a device that cannot be asked is a row that says why. */
export async function deploymentRows(device: AttachedDevice, context: Context): Promise<Row[]> {
  const { name, opened } = device;
  try {
    const deployments = await deploymentsOn(opened.transport);
    if (deployments.length === 0) return [{ device: name, state: 'nothing is deployed' }];
    const agent = await opened.agent(deviceOptions(context));
    const state = await serviceState({ transport: opened.transport, agent, signal: context.signal }).catch(
      (error: DeviceError) => error,
    );
    context.signal.throwIfAborted();
    return deployments.map((deployment) => rowOf(name, deployment, state));
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return [{ device: name, state: error.message }];
  }
}

function rowOf(device: string, deployment: Deployment, state: ServiceState | DeviceError): Row {
  const { name, current, slots } = deployment;
  const chosen = current && slots[current];
  const before = slots[current === 'a' ? 'b' : 'a'];
  const stored = { device, name, model: chosen?.name, slot: current, before: before?.name };
  if (state instanceof Error) return { ...stored, state: `not served: ${state.message}` };
  const model = state.models.find((one) => one.name === name);
  return {
    ...stored,
    state: stateText(model, chosen?.model),
    uptime: state.uptimeSeconds,
    restarts: state.restarts,
    requests: model?.requests,
    errors: model?.errors,
    p50: model?.latency?.p50,
    p99: model?.latency?.p99,
    drift: driftOf(model),
    url: `localhost:${state.port}/v1/models/${name}`,
  };
}

function stateText(model: ModelState | undefined, sha256: string | undefined): string {
  const { served, failure } = model ?? {};
  if (served && served.sha256 === sha256) return 'served';
  const why = failure ? `: ${failure.why}` : '';
  return served ? `still serves ${served.variant}${why}` : `not served${why}`;
}

function driftOf(model: ModelState | undefined): string {
  const outputs = Object.entries(model?.outputs ?? {});
  const texts = outputs.map(([name, { drift }]) => {
    const text = driftText(drift);
    return text && outputs.length > 1 ? `${name}: ${text}` : text;
  });
  return texts.filter((text) => text !== '').join('; ');
}
