import type { QuantizationReport, QuantizedModel } from '../../../src/quantize/index.ts';

/** A quantized model with its report. */
export async function described(
  made: Promise<QuantizedModel>,
): Promise<QuantizedModel & { readonly report: QuantizationReport }> {
  const quantized = await made;
  return { ...quantized, report: await quantized.describe() };
}
