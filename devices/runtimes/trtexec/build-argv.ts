import { UsageError } from '../../../src/errors.ts';

export interface TrtexecBuild {
  /** TensorRT's major version. */
  readonly major: number;
  readonly onnx: string;
  readonly engine: string;
  readonly timingCache: string;
  /** What the model computes with: `int8` of a model with QuantizeLinear and DequantizeLinear. */
  readonly precision: 'float32' | 'float16' | 'int8';
  /** Of all inputs where one leaves a dimension open. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

/**
 * Weights of which two in four are 0 by kernels for them, where there are such weights and kernels; not by default. Known of
 * TensorRT 8 and 10.
 */
export const sparseWeights = '--sparsity=enable';

/**
 * Arguments of `trtexec` that build an engine and do not run it. TensorRT 11 knows no precision flags: its networks are
 * typed by the model (samples/common/sampleOptions.cpp at v8.6.1, v10.3.0, v11.1). Throws UsageError for other versions.
 */
export function buildArgv({ major, onnx, engine, timingCache, precision, shapes }: TrtexecBuild): string[] {
  if (![8, 10, 11].includes(major))
    throw new UsageError(`trtexec: TensorRT must be 8, 10 or 11, was ${major}: its options are not known`);
  const flags = { float32: [], float16: ['--fp16'], int8: ['--int8', '--fp16'] }[precision];
  return [
    'trtexec',
    `--onnx=${onnx}`,
    `--saveEngine=${engine}`,
    ...(major === 11 ? [] : [...flags, sparseWeights]),
    ...(shapes ? [`--shapes=${shapesText(shapes)}`] : []),
    `--timingCacheFile=${timingCache}`,
    '--profilingVerbosity=detailed',
    '--skipInference',
  ];
}

/** `input:1x3x224x224,mask:1x8`. */
export const shapesText = (shapes: Readonly<Record<string, readonly number[]>>): string =>
  Object.entries(shapes)
    .map(([name, shape]) => `${name}:${shape.join('x')}`)
    .join(',');
