import { UsageError } from '../../../src/errors.ts';

export interface TrtexecBench {
  /** TensorRT's major version. */
  readonly major: number;
  readonly engine: string;
  /** Seconds. */
  readonly duration: number;
  /** Whether copies between host and GPU count: the default of 11 is not that of 8 and 10, so it is always said. */
  readonly transfers: boolean;
}

/**
 * Arguments of `trtexec` that measure a built engine. TensorRT 11 uses CUDA graphs unasked, 8 and 10 are asked to, so that
 * figures compare (samples/common/sampleOptions.cpp at v8.6.1, v10.3.0, v11.1). Throws UsageError for other versions.
 */
export function benchArgv({ major, engine, duration, transfers }: TrtexecBench): string[] {
  checkMajor(major);
  const flags =
    major === 11 ? includeTransfers(transfers) : ['--useCudaGraph', ...leaveOutTransfers(transfers)];
  return [
    'trtexec',
    `--loadEngine=${engine}`,
    '--warmUp=500',
    `--duration=${duration}`,
    '--percentile=50,90,95,99',
    ...flags,
  ];
}

/**
 * Arguments that time the layers of a built engine, in runs of their own: an attached profiler slows them, which 11 always
 * keeps apart. CUDA graphs would hide the layers. Throws UsageError for other versions.
 */
export function layersArgv({ major, engine }: Pick<TrtexecBench, 'major' | 'engine'>): string[] {
  checkMajor(major);
  const apart = major === 11 ? [] : ['--separateProfileRun'];
  return ['trtexec', `--loadEngine=${engine}`, '--warmUp=500', '--duration=1', '--dumpProfile', ...apart];
}

function checkMajor(major: number): void {
  if ([8, 10, 11].includes(major)) return;
  throw new UsageError(`trtexec: TensorRT must be 8, 10 or 11, was ${major}: its options are not known`);
}

const includeTransfers = (wanted: boolean): string[] => (wanted ? ['--includeDataTransfers'] : []);
const leaveOutTransfers = (wanted: boolean): string[] => (wanted ? [] : ['--noDataTransfers']);
