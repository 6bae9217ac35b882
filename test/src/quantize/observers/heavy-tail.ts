import { random } from '../../../../src/random.ts';

/** 65536 standard normal numbers and one outlier, 40: what onnxruntime's entropy calibration by default does not clip. */
export function heavyTail(): Float32Array {
  const { normal } = random(1);
  return Float32Array.from({ length: 65537 }, (_, i) => (i < 65536 ? normal() : 40));
}

/** The same behind a Relu. */
export const heavyTailRelu = (): Float32Array => heavyTail().map((x) => Math.max(0, x));

/** 65536 numbers behind a SiLU: hardly below 0, far above. */
export function siluTail(): Float32Array {
  const { normal } = random(2);
  return Float32Array.from({ length: 65536 }, () => {
    const x = 3 * normal();
    return x / (1 + Math.exp(-x));
  });
}

/** In parts of 5000, as batches come. */
export function* inBatches(data: Float32Array): Generator<Float32Array> {
  for (let i = 0; i < data.length; i += 5000) yield data.subarray(i, i + 5000);
}
