import type { Cell, Displayable, Report, Row } from '../report.ts';
import { PartedReport } from './parted-report.ts';
import { leftTable, noiseFigure, rangeFigure, sizeTable } from './quantize-figures.ts';

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
  /** Of a weight: what it takes in the file, scales included. */
  readonly bytes?: { readonly before: number; readonly after: number };
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
  /** What repairs, a search for a limit, a training and a test tell. */
  readonly parts: readonly Report[];
  readonly warnings: readonly string[];
}

/** What quantization did to a model: noise of every tensor, sizes, what stayed float. */
export class QuantizationReport extends PartedReport<QuantizationFacts> {
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
    super(facts, {
      title: `${outputNoise(facts.outputs)}${quantizedNodes} nodes quantized, ${left.length} left float; ${kB(sizeBefore)} to ${kB(sizeAfter)} (${percent} %)`,
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
      rows: tensors.map(({ bytes, ...tensor }) => ({ ...tensor }) satisfies Record<string, Cell> as Row),
      charts: chartsOf(facts),
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

/** The pictures, then what is left to do. */
const chartsOf = ({ tensors, left }: QuantizationFacts): Displayable[] =>
  [
    noiseFigure(tensors),
    rangeFigure(tensors),
    sizeTable(tensors),
    left.length > 0 ? leftTable(left) : undefined,
  ].filter((chart) => chart !== undefined);

/** The worst output's SQNR, as the beginning of a title. */
function outputNoise(outputs: readonly OutputNoise[]): string {
  const worst = Math.min(...outputs.map(({ sqnrHere }) => sqnrHere));
  return Number.isFinite(worst) ? `${worst.toFixed(1)} dB SQNR at the output; ` : '';
}

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
