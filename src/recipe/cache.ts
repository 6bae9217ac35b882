import { createHash } from 'node:crypto';
import type { Json, KeptResult } from '../ledger/index.ts';
import { machineHere } from './machine.ts';
import { canonical } from './recipe.ts';
import type { StepOptions } from './step.ts';

/** Keeps what steps gave; a `Ledger` is one. */
export interface StepCache {
  remember(key: string, content: Uint8Array, told?: Json): Promise<void>;
  recall(key: string): (KeptResult & { readonly content: Uint8Array }) | undefined;
}

/** All that decides what a step gives. */
export interface StepInput {
  readonly step: string;
  readonly options: StepOptions;
  /** sha256 of the model's ONNX bytes. */
  readonly model: string;
  /** Fingerprint of the data. */
  readonly data?: string | undefined;
  /** Ids of other models, by what they are to the step. */
  readonly models?: Readonly<Record<string, string>> | undefined;
}

/**
 * sha256, in hexadecimal, of a step's input and of what else its bytes depend on: versions, processor and threads. The order
 * of options does not matter.
 */
export function stepKey({ step, options, model, data = '', models = {} }: StepInput): string {
  const all: Json = { step, options, model, data, models, machine: machineHere() };
  return createHash('sha256').update(canonical(all)).digest('hex');
}
