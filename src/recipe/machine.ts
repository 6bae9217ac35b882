import { availableParallelism, cpus } from 'node:os';
import { onnxruntimeVersion } from '../runtime/index.ts';
import { version } from '../version.ts';

/** What the bytes of a result can depend on beside its input: kernels of the processor, order of sums over threads. */
export interface Machine {
  readonly [what: string]: string | number;
}

export const machineHere = (): Machine => ({
  edgebook: version(),
  onnxruntime: onnxruntimeVersion(),
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  threads: availableParallelism(),
  platform: `${process.platform}-${process.arch}`,
});

/** `cpu: A here, B there`, for all that differs. */
export const differences = (here: Machine, there: Machine): string[] =>
  Object.keys({ ...here, ...there })
    .filter((what) => here[what] !== there[what])
    .map((what) => `${what}: ${here[what] ?? 'unknown'} here, ${there[what] ?? 'unknown'} there`);
