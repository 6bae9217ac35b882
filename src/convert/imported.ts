import type { Model } from '../ir/index.ts';
import type { Report } from '../report.ts';

/** What every reader of a foreign format gives. */
export interface Imported {
  readonly model: Model;
  /** Operators by what they became, and what the user should know. */
  readonly report: Report;
}

export interface ImportOptions {
  /**
   * Order of the axes of inputs and outputs of rank 4. `nchw`, the default, is ONNX's own: a picture goes in as [N, C, H, W]
   * whatever the source wants, and the graph needs no Transpose. `nhwc` keeps the source's order, with a Transpose behind
   * the inputs. Other ranks are never touched.
   */
  readonly layout?: 'nchw' | 'nhwc';
  /**
   * Inputs and outputs of a quantized TFLite file: `float`, the default, takes and gives float32 behind QuantizeLinear and
   * before DequantizeLinear; `quantized` keeps the integers that the file declares.
   */
  readonly interface?: 'float' | 'quantized';
}
