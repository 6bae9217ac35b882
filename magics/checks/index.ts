import type { Check, CheckHost, Finding } from './check.ts';
import { jupyter, kernelSpec } from './jupyter.ts';
import { disk, folders, memory, processor } from './machine.ts';
import { node } from './node.ts';
import { mnist, onnxruntime, typescript, zeromq } from './packages.ts';

/** What `edgebook doctor` and `%doctor` look at, in the order shown. */
export const checks: readonly Check[] = [
  node,
  zeromq,
  onnxruntime,
  typescript,
  kernelSpec,
  jupyter,
  folders,
  disk,
  memory,
  processor,
  mnist,
];

export interface Diagnosis extends Finding {
  readonly name: string;
}

/** Runs all checks, one after the other. One that throws is a failure with its message. */
export async function diagnose(host: CheckHost): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const { name, run } of checks) {
    try {
      found.push({ name, ...(await run(host)) });
    } catch (error) {
      found.push({ name, level: 'fail', text: (error as Error).message, remedy: 'Install Edgebook again' });
    }
  }
  return found;
}

const marks = { ok: '✓', warn: '!', fail: '✗' } as const;

/** One line: `✓ Node: 24.1.0`, `✗ zeromq: is not installed. Install ...`. */
export function diagnosisLine({ name, level, text, remedy }: Diagnosis): string {
  return `${marks[level]} ${name}: ${text}${remedy ? `. ${remedy}` : ''}`;
}
