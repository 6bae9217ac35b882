/** Milliseconds. */
export interface TrtexecTimes {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly median: number;
  /** By percent. */
  readonly percentiles: Readonly<Record<number, number>>;
}

export interface TrtexecSummary {
  /** `8.6.1`, from the banner. */
  readonly version: string;
  readonly passed: boolean;
  /** Queries per second. */
  readonly throughput?: number;
  /** With the copies between host and GPU, unless they were left out. */
  readonly latency?: TrtexecTimes;
  readonly gpuCompute?: TrtexecTimes;
}

/**
 * Reads what trtexec 8, 10 or 11 printed (samples/common/sampleReporting.cpp). Undefined where its banner is missing; a
 * run that was cut off has not passed.
 */
export function parseTrtexec(output: string): TrtexecSummary | undefined {
  const number = /&&&& RUNNING TensorRT\.trtexec \[TensorRT v(\d+)\]/.exec(output)?.[1];
  if (!number) return undefined;
  const throughput = /\] Throughput: (\S+) qps/.exec(output)?.[1];
  const latency = timesOf(output, 'Latency');
  const gpuCompute = timesOf(output, 'GPU Compute Time');
  return {
    version: versionText(Number(number)),
    passed: /^&&&& PASSED TensorRT\.trtexec/m.test(output),
    ...(throughput && { throughput: Number(throughput) }),
    ...(latency && { latency }),
    ...(gpuCompute && { gpuCompute }),
  };
}

/** 8601 is 8.6.1, 100300 is 10.3.0: the number's base changed with version 10. */
function versionText(number: number): string {
  const base = number >= 100_000 ? 10_000 : 1000;
  return [Math.floor(number / base), Math.floor((number % base) / 100), number % 100].join('.');
}

function timesOf(output: string, name: string): TrtexecTimes | undefined {
  const line = new RegExp(`\\] ${name}: (min = .*)$`, 'm').exec(output)?.[1];
  if (!line) return undefined;
  const field = (key: string): number => Number(new RegExp(`${key} = (\\S+) ms`).exec(line)?.[1]);
  const percentiles = [...line.matchAll(/percentile\(([\d.]+)%\) = (\S+) ms/g)];
  return {
    min: field('min'),
    max: field('max'),
    mean: field('mean'),
    median: field('median'),
    percentiles: Object.fromEntries(percentiles.map(([, percent, ms]) => [Number(percent), Number(ms)])),
  };
}
