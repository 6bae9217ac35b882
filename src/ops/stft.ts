import type { Dim, Node } from '../ir/index.ts';
import { moves } from './cost.ts';
import { requireDtype, requireRank } from './inputs.ts';
import type { Op } from './op.ts';
import { operandInput } from './operand.ts';

/** Inputs signal [N, samples, 1 or 2], frame step, window, frame length; output [N, frames, bins, 2]. */
export const stft: Op = {
  type: 'STFT',
  infer(node) {
    requireDtype(node, 0, 'float');
    requireRank(node, 0, 2, 3);
    const { dtype, shape } = node.input(0);
    const [batch = null, samples = null] = shape ?? [];
    const frame = frameLength(node);
    const bins = frame === null ? null : node.int('onesided', 1) ? Math.floor(frame / 2) + 1 : frame;
    return [{ dtype, shape: [batch, frames(node, samples, frame), bins, 2] }];
  },
  cost: moves,
  parameters: [],
};

function frameLength(node: Node): number | null {
  const given = operandInput(node, 3);
  if (given === 'dynamic') return null;
  const window = node.inputs[2]?.shape?.[0];
  return given?.[0] ?? (typeof window === 'number' ? window : null);
}

function frames(node: Node, samples: Dim, frame: number | null): Dim {
  const step = operandInput(node, 1);
  if (typeof samples !== 'number' || frame === null || !step || step === 'dynamic') return null;
  return Math.floor((samples - frame) / step[0]!) + 1;
}
