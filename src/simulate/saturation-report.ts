import { type Cell, Report, type Row } from '../report.ts';

/** What saturation would do to one layer on x86 without VNNI. */
export interface LayerSaturation {
  /** Name of the model's node, or of its output if it has none. */
  readonly node: string;
  readonly op: string;
  /** Name of the node's first output. */
  readonly output: string;
  /** Share of the pairs of products that leave 16 bits, 0..1. */
  readonly pairs: number;
  /** Share of the sums that these change, 0..1. */
  readonly sums: number;
  /** Variation of the sums against what saturation changes in them, in dB; Infinity where nothing saturates. */
  readonly sqnr: number;
}

/** Layers whose products can saturate on x86 without VNNI, and how far they did on the samples. */
export class SaturationReport extends Report {
  readonly layers: readonly LayerSaturation[];

  constructor(layers: readonly LayerSaturation[], batches: number) {
    const hit = layers.filter((layer) => layer.pairs > 0);
    super({
      title: `${hit.length} of ${layers.length} layers saturate on x86 without VNNI, over ${batches} batches`,
      columns: [
        { key: 'node', header: 'node' },
        { key: 'op', header: 'operator' },
        { key: 'pairs', header: 'pairs cut', unit: '%', scale: 100, significant: 3 },
        { key: 'sums', header: 'sums changed', unit: '%', scale: 100, significant: 3 },
        { key: 'sqnr', header: 'SQNR of the sums', unit: 'dB', decimals: 1 },
      ],
      rows: layers.map(({ output: _, ...layer }) => layer satisfies Record<string, Cell> as Row),
      warnings:
        layers.length === 0
          ? ['No layer multiplies uint8 activations with int8 weights in pairs: nothing can saturate']
          : [],
    });
    this.layers = layers;
  }
}
