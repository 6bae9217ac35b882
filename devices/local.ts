import { arch, availableParallelism, cpus, totalmem } from 'node:os';
import type { AttachedRow } from './profiles/profiles-report.ts';

/** The name of this machine among the devices. */
export const local = 'local';

/** This machine, as the operating system describes it. */
export function localDevice(): AttachedRow {
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  return {
    name: local,
    title: `this machine: ${model}, ${availableParallelism()} threads, ${arch()}`,
    memoryBytes: totalmem(),
    runtimes: ['onnxruntime (measure with %bench)'],
  };
}
