import { type Cell, Report, type Row } from '../report.ts';

/** One activation or weight after quantization. */
export interface QuantizedTensor {
  readonly name: string;
  readonly kind: 'activation' | 'weight';
  /**
   * Signal to quantization noise in dB, computed as ONNX defines the operators. Of an activation: with all the noise
   * of the nodes before it.
   */
  readonly sqnr: number;
  readonly min: number;
  readonly max: number;
  /** Number of scales: 1, or one a channel. */
  readonly scales: number;
  /** The scale if there is one. */
  readonly scale: number | null;
  readonly zeroPoint: number;
}

/** A node that still computes in float32. */
export interface FloatNode {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}

/** A model output's SQNR in dB, and what is left of it in the int8 kernels of the CPU that quantized. */
export interface OutputNoise {
  readonly name: string;
  readonly sqnr: number;
  readonly sqnrHere: number;
}

interface QuantizationFacts {
  readonly tensors: readonly QuantizedTensor[];
  readonly left: readonly FloatNode[];
  readonly quantizedNodes: number;
  readonly outputs: readonly OutputNoise[];
  readonly sizeBefore: number;
  readonly sizeAfter: number;
  readonly warnings: readonly string[];
}

/** What quantization did to a model: noise of every tensor, sizes, what stayed float. */
export class QuantizationReport extends Report {
  readonly tensors: readonly QuantizedTensor[];
  readonly left: readonly FloatNode[];
  readonly quantizedNodes: number;
  readonly outputs: readonly OutputNoise[];
  /** Bytes of the model as a file. */
  readonly sizeBefore: number;
  readonly sizeAfter: number;

  constructor(facts: QuantizationFacts) {
    const { tensors, left, quantizedNodes, sizeBefore, sizeAfter, warnings } = facts;
    const percent = ((100 * sizeAfter) / sizeBefore).toFixed(1);
    super({
      title: `${quantizedNodes} nodes quantized, ${left.length} left float; ${kB(sizeBefore)} to ${kB(sizeAfter)} (${percent} %)`,
      columns: [
        { key: 'name', header: 'tensor' },
        { key: 'kind', header: 'kind' },
        { key: 'sqnr', header: 'SQNR', unit: 'dB', decimals: 1 },
        { key: 'min', header: 'min' },
        { key: 'max', header: 'max' },
        { key: 'scales', header: 'scales' },
        { key: 'scale', header: 'scale' },
        { key: 'zeroPoint', header: 'zero point' },
      ],
      rows: tensors.map((tensor) => ({ ...tensor }) satisfies Record<string, Cell> as Row),
      charts: left.length > 0 ? [leftTable(left)] : [],
      warnings,
    });
    this.tensors = tensors;
    this.left = left;
    this.outputs = facts.outputs;
    this.quantizedNodes = quantizedNodes;
    this.sizeBefore = sizeBefore;
    this.sizeAfter = sizeAfter;
  }
}

const leftTable = (left: readonly FloatNode[]): Report =>
  new Report({
    title: 'Left float',
    columns: [
      { key: 'node', header: 'node' },
      { key: 'op', header: 'operator' },
      { key: 'reason', header: 'because' },
    ],
    rows: left.map((node) => ({ ...node })),
  });

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
