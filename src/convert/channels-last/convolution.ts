import { ModelError } from '../../errors.ts';
import type { Shape, Value } from '../../ir/index.ts';
import type { Operand } from './operand.ts';
import { constantValue, lastValue, rankOf, result, valueIn } from './values.ts';
import { transposedAttributes, type Window, windowAttributes } from './window.ts';
import type { Writer } from './writer.ts';

/** What a convolution learned. `order` brings the source's axes to [outputs, inputs, ...spatial], or as the operator needs. */
export interface Filter {
  readonly weight: Operand;
  readonly order: readonly number[];
  readonly bias?: Operand | undefined;
}

type Spatial = Omit<Window, 'kernel'>;

/** Conv. The weight's shape tells the window; x and the result have their channels first. */
export function convolution(
  w: Writer,
  x: Operand,
  { filter, window }: { filter: Filter; window: Spatial },
): Operand {
  const weight = filterValue(w, filter);
  return convolve(w, x, { weight, bias: filter.bias && lastValue(w, filter.bias), window });
}

/**
 * Depthwise Conv: `order` brings the weight to [inputs, multiplier, ...spatial], which then is
 * [inputs * multiplier, 1, ...spatial].
 */
export function depthwise(
  w: Writer,
  x: Operand,
  { filter, window }: { filter: Filter; window: Spatial },
): Operand {
  const [inputs = 0, multiplier = 0, ...kernel] = orderedShape(filter);
  const weight = filterValue(w, filter, [inputs * multiplier, 1, ...kernel]);
  return convolve(w, x, { weight, bias: filter.bias && lastValue(w, filter.bias), window });
}

/** ConvTranspose: `order` brings the weight to [inputs, outputs, ...spatial]. `output`: its spatial sizes, where known. */
export function transposedConvolution(
  w: Writer,
  x: Operand,
  { filter, window, output }: { filter: Filter; window: Spatial; output: Shape },
): Operand {
  const value = valueIn(w, x, 'first');
  const kernel = orderedShape(filter).slice(2);
  const attributes = transposedAttributes({ ...window, kernel }, { input: value.shape!.slice(2), output });
  const inputs = [value, filterValue(w, filter), filter.bias && lastValue(w, filter.bias)];
  return result('first', w.op('ConvTranspose', inputs.slice(0, filter.bias ? 3 : 2), { attributes }));
}

interface Convolve {
  readonly weight: Value;
  readonly bias: Value | undefined;
  readonly window: Spatial;
}

function convolve(w: Writer, x: Operand, { weight, bias, window }: Convolve): Operand {
  const value = valueIn(w, x, 'first');
  const channels = value.shape?.[1];
  const [, perGroup = 1, ...kernel] = weight.shape as number[];
  const group = typeof channels === 'number' && perGroup > 0 ? channels / perGroup : 1;
  if (!Number.isInteger(group) || group < 1)
    throw new ModelError(
      `The filter '${weight.name}' must take ${channels} channels or a part of them, takes ${perGroup}`,
      { value: weight.name },
    );
  const attributes = windowAttributes({ ...window, kernel }, value.shape!.slice(2));
  const inputs = bias ? [value, weight, bias] : [value, weight];
  return result(
    'first',
    w.op('Conv', inputs, { attributes: { ...attributes, group: group > 1 ? group : undefined } }),
  );
}

function orderedShape({ weight, order }: Filter): number[] {
  const rank = rankOf(weight);
  if (rank !== order.length)
    throw new ModelError(`The filter '${weight.name}' must have ${order.length} axes, has ${rank}`, {
      value: weight.name,
    });
  const { shape } = weight;
  return order.map((axis) => shape![axis] as number);
}

function filterValue(w: Writer, filter: Filter, shape?: readonly number[]): Value {
  const ordered = orderedShape(filter);
  const { weight, order } = filter;
  if (weight.constant) return constantValue(w, weight, { order, ...(shape && { shape }) });
  const moved = w.op('Transpose', [lastValue(w, weight)], { attributes: { perm: order } });
  if (!shape) return moved;
  if (!ordered.every((size) => typeof size === 'number'))
    throw new ModelError(`The shape of the filter '${weight.name}' must be known, is not`, {
      value: weight.name,
    });
  return w.op('Reshape', [moved, w.int64s(shape)]);
}
