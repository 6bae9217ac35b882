import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceError } from '../../src/errors.ts';
import type { Transport } from '../device.ts';
import { askDevice } from './ask-device.ts';
import { type Boot, startScript, stopScript } from './boot.ts';
import type { ServiceCall, ServiceReply } from './call-service.ts';
import { besideAgent } from './program.ts';
import { runScript, runScriptFile } from './run-script.ts';
import type { ModelState, ServiceState } from './service-state.ts';

/** The service of a device, by the agent's command there. */
export interface ServicePlace {
  readonly transport: Transport;
  readonly agent: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Starts the service where it does not run. `isBoard` false leaves alone what this machine starts when it is turned on.
 * Returns how it comes back after a reboot. Throws DeviceError.
 */
export async function startService(
  { transport, agent, signal }: ServicePlace,
  { isBoard }: { readonly isBoard: boolean },
): Promise<Boot> {
  const command = besideAgent(agent, 'devices/service/service');
  const script = runScript({ node: command.at(-3)!, program: command.at(-1)! });
  await transport.put(runScriptFile, Buffer.from(script), { mode: 0o755, ...(signal && { signal }) });
  const said = await run(transport, {
    script: startScript,
    argument: isBoard ? 'boot' : 'stay',
    what: 'start',
  });
  return said.trim().split('\n').at(-1) as Boot;
}

/** Stops it and takes away its folder and what starts it. Throws DeviceError. */
export async function stopService(transport: Transport): Promise<void> {
  await run(transport, { script: stopScript, argument: '', what: 'stop' });
}

async function run(
  transport: Transport,
  { script, argument, what }: { readonly script: string; readonly argument: string; readonly what: string },
): Promise<string> {
  const { code, stdout, stderr } = await transport.exec(['sh', '-c', script, 'sh', argument], {
    timeoutMs: 60_000,
  });
  if (code === 0) return Buffer.from(stdout).toString();
  const said = Buffer.from(stderr).toString().trim().split('\n').at(-1);
  throw new DeviceError(`${transport.name}: could not ${what} the service: ${said || `exit code ${code}`}`, {
    device: transport.name,
    command: `${what} the service`,
  });
}

/** Calls the service on the device, from a program there. Throws DeviceError if it does not answer. */
export function askService(
  { transport, agent, signal }: ServicePlace,
  request: Omit<ServiceCall, 'patience'> & { readonly patience?: number },
): Promise<ServiceReply> {
  return askDevice<ServiceReply>(transport, {
    ...{ agent, program: 'devices/service/call', what: 'call the service' },
    request: { patience: 0, ...request },
    ...(signal && { signal }),
  });
}

/**
 * What the service says of itself, `afterLook` when it has looked whether something else is to be served. Throws DeviceError
 * if it does not answer within `patience` ms.
 */
export async function serviceState(
  place: ServicePlace,
  { patience = 0, afterLook = false }: { readonly patience?: number; readonly afterLook?: boolean } = {},
): Promise<ServiceState> {
  const headers = { accept: 'application/json' };
  const path = afterLook ? '/metrics?follow' : '/metrics';
  const { body } = await askService(place, { method: 'GET', path, headers, patience });
  return JSON.parse(Buffer.from(body).toString()) as ServiceState;
}

/** After a start Node and onnxruntime load, which takes seconds on a small board. */
const startPatience = 30_000;
/** So long, in ms, a model may take to load. */
const loadPatience = 120_000;

/**
 * Waits until the service serves a model, by its sha256; its state then. Throws DeviceError with the service's reason if it
 * cannot, or after two minutes.
 */
export async function served(
  place: ServicePlace,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
): Promise<{ readonly state: ServiceState; readonly model: ModelState }> {
  const { name: device } = place.transport;
  const until = Date.now() + loadPatience;
  for (;;) {
    const state = await serviceState(place, { patience: startPatience, afterLook: true });
    const model = state.models.find((candidate) => candidate.name === name);
    if (model?.served?.sha256 === sha256) return { state, model };
    const why = model?.failure?.sha256 === sha256 ? model.failure.why : undefined;
    if (why || Date.now() > until)
      throw new DeviceError(
        `${device}: the service cannot load the model: ${why ?? `not within ${loadPatience / 1000} s`}`,
        { device, command: 'serve the model' },
      );
    place.signal?.throwIfAborted();
    await sleep(100);
  }
}
