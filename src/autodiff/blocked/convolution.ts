import type { GraphBuilder, Node, Value } from '../../ir/index.ts';
import { staticShape } from '../../ops/static-shape.ts';
import { unreachedOf, type Window, windowOf } from '../../ops/static-window.ts';
import type { Kernels } from '../kernels.ts';
import type { Tape } from '../tape.ts';
import { denseFilter, depthwiseFilter, fewChannelsFilter } from './filters.ts';
import { inputGradient } from './input-gradient.ts';
import { type Blocked, cutVector, padVector } from './layout.ts';
import { activationMask } from './mask.ts';
import { type Activation, blockedConv, channelSum } from './nchwc.ts';
import { weightGradient } from './weight-gradient.ts';

/** A convolution whose output is blocked. */
export interface Convolution extends Window {
  readonly kernels: Kernels & { readonly block: number };
  /** Blocked, or plain if it has fewer channels than a block and is not depthwise. */
  readonly x: Value;
  readonly plainInput: boolean;
  /** Input channels without padding. */
  readonly channels: number;
  readonly depthwise: boolean;
  /** [M,C,kh,kw] or [C,1,kh,kw]. */
  readonly w: Value;
  /** Input elements behind the last window that no window reaches, per axis. */
  readonly unreached: readonly number[];
}

interface Form {
  readonly bias?: Value | undefined;
  readonly activation?: Activation | undefined;
  /** [M]: is taken from the output, which a normalization then does not feel. */
  readonly shift?: Value | undefined;
}

/** Writes activation(conv(x, w) + bias - shift) as one kernel, with its gradients. */
export function convolution(
  g: GraphBuilder,
  tape: Tape,
  conv: Convolution,
  { bias, activation, shift }: Form = {},
): Blocked {
  const { x, w, kernels, depthwise } = conv;
  const { block } = kernels;
  const channels = staticShape(w)[0]!;
  const value = tape.region(g, [x, w, bias], () => {
    const offset = shift && (bias ? g.op('Sub', [bias, shift]) : g.op('Neg', [shift]));
    const total = offset ?? bias;
    const y = blockedConv(
      g,
      { x, filter: forwardFilter(g, conv), bias: total && padVector(g, total, block) },
      { ...conv, group: depthwise ? staticShape(x)[1]! : 1, activation },
    );
    return {
      output: y,
      grad({ g, dy, needs }) {
        const inner = activation ? g.op('Mul', [dy, activationMask(g, y, activation)]) : dy;
        return [
          needs(0) ? inputGradient(g, conv, inner) : undefined,
          needs(1) ? weightGradient(g, conv, inner) : undefined,
          bias && needs(2) ? cutVector(g, channelSum(g, inner), channels) : undefined,
        ];
      },
    };
  });
  return { value, channels, shift: shift && padVector(g, shift, block) };
}

function forwardFilter(
  g: GraphBuilder,
  { w, depthwise, plainInput, kernels: { block } }: Convolution,
): Value {
  if (depthwise) return depthwiseFilter(g, w, { block });
  return plainInput ? fewChannelsFilter(g, w, block) : denseFilter(g, w, block);
}

/** How the node's window slides over an input of this size, and what it leaves unreached. */
export function windowOver(node: Node, w: Value, x: Value): Window & { unreached: readonly number[] } {
  const input = staticShape(x).slice(2);
  const window = windowOf(node, { kernel: staticShape(w).slice(2), input });
  const output = input.map((size, i) => {
    const span = window.dilations[i]! * (window.kernel[i]! - 1) + 1;
    return (
      Math.floor((size + window.pads[i]! + window.pads[i + input.length]! - span) / window.strides[i]!) + 1
    );
  });
  return { ...window, unreached: unreachedOf(window, input, output) };
}
