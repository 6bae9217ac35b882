import type { Node } from '../../src/ir/index.ts';
import { noKernel, type Target, targetOf } from '../../src/targets/index.ts';
import type { Choice } from './engine.ts';
import type { Layer } from './layers.ts';

/** Where a layer runs: on the engine as asked, on the engine in float, or on the processor beside it. */
export type Place = 'engine' | 'float' | 'host';

export interface Placed {
  readonly layer: Layer;
  readonly place: Place;
  /** Why it is not on the engine as asked. */
  readonly why?: string;
}

/**
 * By the rules of the engine's target, which hold for int8: an NPU leaves a layer that it has no kernel for to the processor,
 * others compute it in float, and so an activation cannot be part of the layer before it there. A target that takes one part of a model only loses all layers behind the first such.
 */
export function place(layers: readonly Layer[], { engine, precision }: Choice): Placed[] {
  if (precision !== 'int8' || !engine.target)
    return layers.filter(({ joined }) => !joined).map((layer) => ({ layer, place: 'engine' }));
  const target = targetOf(engine.target);
  const other: Place = engine.kind === 'npu' ? 'host' : 'float';
  let lost: string | undefined;
  return layers.flatMap((layer): Placed[] => {
    const refused = refusal(layer.node, target);
    if (layer.joined && !refused) return [];
    const why = refused ?? lost;
    if (!why) return [{ layer, place: 'engine' }];
    if (target.limits?.largeDims) lost ??= `it comes after ${layer.node.label}, which is on the processor`;
    return [{ layer, place: other, why }];
  });
}

/** Operators on integers have their kernels by themselves. */
const refusal = (node: Node, target: Target): string | undefined =>
  /^QLinear|Integer$/.test(node.opType) ? undefined : noKernel(node, target);
