import { formatShape, type Model, type Shape, type Value } from '../ir/index.ts';
import { constantOf } from '../ops/index.ts';
import { isDequantize, isQuantize } from './pair.ts';
import type { Target } from './target.ts';
import type { Violation } from './violation.ts';

/** What a target demands of the model as a whole: operator set, sizes, types of inputs and outputs. */
export const checkModel = (model: Model, target: Target): Violation[] => [
  ...operatorSet(model, target),
  ...sizes(model, target),
  ...dimensions(model, target),
  ...ports(model, target),
];

function operatorSet({ opset }: Model, { opset: { min, max } }: Target): Violation[] {
  const wanted = max === undefined ? `${min} or newer` : `${min} to ${max}`;
  if (opset >= min && opset <= (max ?? Infinity)) return [];
  return [
    {
      severity: 'refused',
      where: 'model',
      what: `its operator set must be ${wanted}, is ${opset}`,
      remedy:
        opset < min ? 'upgrade the operator set, or export with a newer one' : 'export with an older one',
    },
  ];
}

function sizes({ graph }: Model, { limits = {} }: Target): Violation[] {
  return graph.feeds.flatMap((input): Violation[] => {
    const { shape } = input;
    const open = shape?.filter((dim) => typeof dim !== 'number') ?? [];
    if (limits.staticShapes && (!shape || open.length > 0))
      return [
        {
          severity: 'refused',
          where: input.name,
          what: `all its sizes must be numbers, are ${shape ? formatShape(shape) : 'unknown'}`,
          remedy: `fix them by fixShapes, or %optimize-graph MODEL --fix ${input.name}=${fixed(shape, limits.batch)}`,
        },
      ];
    if (limits.batch && shape && shape.length > 1 && shape[0] !== limits.batch)
      return [
        {
          severity: 'refused',
          where: input.name,
          what: `its batch must be ${limits.batch}, is ${shape[0]}`,
          remedy: `export it with a batch of ${limits.batch}`,
        },
      ];
    return [];
  });
}

/** Sizes as a flag takes them, those that only the user knows in capitals. */
const fixed = (shape: Shape | undefined, batch = 1): string =>
  shape?.map((dim, i) => (typeof dim === 'number' ? dim : i === 0 ? batch : 'SIZE')).join('x') ?? 'SIZES';

function dimensions({ graph }: Model, { limits: { largeDims } = {} }: Target): Violation[] {
  if (largeDims === undefined) return [];
  const large = ({ shape }: Value) => shape?.slice(1).filter((dim) => dim !== 1).length ?? 0;
  return [...graph.values()]
    .filter((value) => value.name && !constantOf(value) && large(value) > largeDims)
    .map((value) => ({
      severity: 'slow',
      where: value.name,
      what: `at most ${largeDims} dimensions beside the batch may be larger than 1, its shape is ${formatShape(value.shape!)}`,
      remedy: 'reshape it so that fewer are',
    }));
}

/** The converter takes away a QuantizeLinear that reads an input alone, or a DequantizeLinear that makes an output. */
function ports({ graph }: Model, { io, activations }: Target): Violation[] {
  if (io === 'float32') return [];
  const wrong = (value: Value, side: string): Violation => ({
    severity: 'slow',
    where: value.name,
    what: `this ${side} must be in ${activations.dtype}, is in ${value.dtype}`,
    remedy: 'quantize the node at it, or the host computes that node in float',
  });
  const inputs = graph.feeds.filter(
    (v) => v.dtype === 'float32' && !v.uses.every(({ node }) => isQuantize(node)),
  );
  const outputs = graph.outputs.filter((v) => v.dtype === 'float32' && !isDequantize(v.producer));
  return [...inputs.map((v) => wrong(v, 'input')), ...outputs.map((v) => wrong(v, 'output'))];
}
