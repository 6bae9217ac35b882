import { buildEngine, type Engine, targetNotes } from '../devices/deploy/index.ts';
import type { Transport } from '../devices/device.ts';
import type { Facts } from '../devices/probe/index.ts';
import { DeviceError, UsageError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import { targetOf } from '../src/targets/index.ts';
import type { Context } from './magic.ts';

interface EngineJob {
  readonly transport: Transport;
  readonly variant: Variant;
  /** The model's file on the device. */
  readonly file: string;
  readonly facts: Facts;
  readonly context: Context;
}

/** Why an engine does not answer requests, wherever one was built. */
const notServed =
  'The service serves the model by onnxruntime on the processor all the same: to serve an engine it would need a binding of TensorRT (libnvinfer) for Node, which there is none of';

/**
 * Has TensorRT build its engine of a model, where the device has trtexec; what the reader must know of it. An engine that
 * cannot be built hinders nothing. Throws the signal's reason.
 */
export async function engineNotes({
  transport,
  variant,
  file,
  facts,
  context,
}: EngineJob): Promise<string[]> {
  const { nvidia, model: board } = facts;
  if (!nvidia.trtexec) return [];
  const bar = context.progress(`TensorRT engine of ${variant.name} on ${transport.name}`);
  try {
    const rules = targetNotes(variant, {
      target: targetOf('tensorrt'),
      why: `${transport.name} has trtexec`,
    });
    const engine = await buildEngine(transport, {
      ...{ model: variant.model, sha256: variant.id, file, trtexec: nvidia.trtexec },
      gpu: nvidia.gpus[0] ?? board ?? 'unknown',
      signal: context.signal,
    });
    bar.done(engineText(engine));
    return [...rules, `${transport.name}: ${engineText(engine)}. ${notServed}`];
  } catch (error) {
    bar.done(context.signal.aborted ? 'interrupted' : 'not built');
    context.signal.throwIfAborted();
    if (error instanceof DeviceError || error instanceof UsageError) return [error.message];
    throw error;
  }
}

const engineText = ({ tensorrt, gpu, bytes, seconds, isKept, path }: Engine): string =>
  `engine of ${(bytes / 1e6).toFixed(1)} MB for TensorRT ${tensorrt} on ${gpu} ${isKept ? 'was there already' : `built in ${seconds.toFixed(0)} s`}: ~/${path}`;
