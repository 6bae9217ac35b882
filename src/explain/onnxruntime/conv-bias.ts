import type { Tensor } from '../../ir/index.ts';
import { type Reason, reason } from '../reason.ts';
import { fixedConstant } from './edges.ts';
import type { NodeGroup } from './group.ts';

/** A relative difference of scales that onnxruntime takes for rounding. */
const tolerance = 0.01;

const remedy = 'quantize the bias to int32 with scale input scale * weight scale and zero point 0';

/**
 * Why the bias of a convolution cannot be added to its integer sums as it is.
 * Source: onnxruntime pull request 28229, in 1.27; Gemm is not checked there.
 */
export function convBiasReason({ graph, dqs }: NodeGroup): Reason | undefined {
  const [input, weight, bias] = dqs;
  if (!bias) return undefined;
  const scales = [input, weight, bias].map((dq) => fixedConstant(dq!.inputs[1], graph));
  if (scales.some((scale) => scale?.dtype !== 'float32'))
    return reason('the scale of its input, weight or bias is not a float32 constant', remedy);
  const zero = bias.inputs[2];
  if (zero && !(fixedConstant(zero, graph)?.toNumbers() ?? [NaN]).every((z) => z === 0))
    return reason('the zero point of its bias is not 0', remedy);
  const [x, w, b] = scales.map((scale) => scale!);
  if (x!.size !== 1)
    return reason('its input has a scale per channel', 'quantize activations with one scale');
  return isProduct(b!, x!, w!)
    ? undefined
    : reason('the scale of its bias is not input scale * weight scale', remedy);
}

function isProduct(bias: Tensor, input: Tensor, weight: Tensor): boolean {
  const [bs, xs, ws] = [bias, input, weight].map((tensor) => tensor.toNumbers());
  const channels = Math.max(bs!.length, ws!.length);
  return Array.from({ length: channels }, (_, i) => {
    const expected = xs![0]! * ws![ws!.length === 1 ? 0 : i]!;
    return Math.abs(bs![bs!.length === 1 ? 0 : i]! - expected) <= tolerance * Math.abs(expected);
  }).every(Boolean);
}
