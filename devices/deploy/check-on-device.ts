import { DeviceError } from '../../src/errors.ts';
import type { Model } from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { InferenceSession } from '../../src/runtime/index.ts';
import type { Transport } from '../device.ts';
import { askDevice } from '../service/ask-device.ts';
import type { CheckAnswer, CheckRequest } from '../service/check-model.ts';
import { fromWire, toWire } from '../service/wire-tensor.ts';
import { type Health, type HealthLimits, healthOf, type Outputs } from './health.ts';
import type { HealthSamples } from './health-samples.ts';

export interface DeviceCheck {
  /** The model as it is here. */
  readonly content: Uint8Array;
  /** sha256 of it: the bytes that are run there must have it. */
  readonly sha256: string;
  /** The agent's command there. */
  readonly agent: readonly string[];
  readonly samples: HealthSamples;
  readonly limits: HealthLimits;
  readonly signal?: AbortSignal;
}

/**
 * Runs a model's file on the device and the same bytes here, both by onnxruntime on the same samples, and compares.
 * Throws DeviceError if the model does not run there, or if what ran there is another file.
 */
export async function checkOnDevice(
  transport: Transport,
  path: string,
  { content, sha256, agent, samples, limits, signal }: DeviceCheck,
): Promise<Health> {
  const request: CheckRequest = { path, batches: samples.batches.map(toWire) };
  const answer = await askDevice<CheckAnswer>(transport, {
    ...{ agent, program: 'devices/service/check', request, what: 'run the model' },
    ...(signal && { signal }),
  });
  if (answer.sha256 !== sha256)
    throw new DeviceError(
      `${transport.name}: the model that ran there has sha256 ${answer.sha256}, must be ${sha256}: deploy again`,
      { device: transport.name, command: 'check the model' },
    );
  const here = await outputsHere(content, samples, signal);
  return healthOf(samples, { there: answer.outputs.map(fromWire), here }, limits);
}

/** What the model gives on this machine. */
export async function outputsHere(
  model: Model | Uint8Array,
  { batches }: HealthSamples,
  signal?: AbortSignal,
): Promise<Outputs> {
  const session = await InferenceSession.create(model instanceof Uint8Array ? model : writeModel(model));
  try {
    const outputs: Outputs[number][] = [];
    for (const feeds of batches) {
      signal?.throwIfAborted();
      outputs.push(await session.run(feeds));
    }
    return outputs;
  } finally {
    await session.release();
  }
}
