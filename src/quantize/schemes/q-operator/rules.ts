import { microsoft } from '../../../ops/com-microsoft/domain.ts';
import { conv, gemm, gemmAsConv, matMul } from './products.ts';
import type { QuantizedNode, QuantizedValue } from './quantized-node.ts';
import {
  attributesOf,
  dtypeObstacle,
  endOf,
  everyInput,
  firstInput,
  microsoftRule,
  parametersOf,
  type QOperatorRule,
  triple,
} from './rule.ts';

const concat: QOperatorRule = {
  ...microsoftRule('Concat', 'QLinearConcat'),
  write(quantized, builder) {
    const inputs = quantized.inputs.flatMap((input) => triple(input!, builder));
    const all = [...parametersOf(endOf(quantized), builder), ...inputs];
    return [builder.op('QLinearConcat', all, attributesOf(quantized.node), microsoft)];
  },
};

const where: QOperatorRule = {
  ...microsoftRule('Where', 'QLinearWhere', { floats: (index) => index > 0 }),
  write(quantized, builder) {
    const [, x, y] = quantized.inputs;
    const values = [
      ...triple(x!, builder),
      ...triple(y!, builder),
      ...parametersOf(endOf(quantized), builder),
    ];
    return [builder.op('QLinearWhere', [quantized.node.input(0), ...values], {}, microsoft)];
  },
};

/** An operator whose output holds numbers of its input: it runs on the integers as it is, if both have one scale. */
const moves = (opType: string): QOperatorRule => ({
  opType,
  form: `${opType} of integers`,
  standard: true,
  floats: firstInput,
  obstacle: (quantized) => dtypeObstacle(quantized) ?? scaleObstacle(quantized),
  write({ node, inputs }, builder) {
    const all = [inputs[0]!.integers, ...node.inputs.slice(1)];
    return builder.node(opType, all, attributesOf(node), node.outputs.length);
  },
});

function scaleObstacle({ inputs, ends }: QuantizedNode): string | undefined {
  const same = (a: QuantizedValue, b: QuantizedValue) =>
    equal(a.scale, b.scale) && equal(a.zeroPoint, b.zeroPoint);
  const before = inputs[0]!;
  const after = ends.map((end) => ({
    integers: end.output(),
    scale: end.input(1),
    zeroPoint: end.inputs[2],
  }));
  return after.every((one) => same(before, one)) ? undefined : 'its input and output have different scales';
}

function equal(a: QuantizedValue['zeroPoint'], b: QuantizedValue['zeroPoint']): boolean {
  if (a === b) return true;
  const [x, y] = [
    a?.tensor?.toNumbers() ?? (a ? undefined : [0]),
    b?.tensor?.toNumbers() ?? (b ? undefined : [0]),
  ];
  return x !== undefined && y !== undefined && x.length === y.length && x.every((n, i) => n === y[i]);
}

/** Rules of both kinds; where two treat an operator, the first that may be used does. */
export const qOperatorRules: readonly QOperatorRule[] = [
  conv,
  gemm,
  gemmAsConv,
  matMul,
  microsoftRule('Add', 'QLinearAdd', { standard: true, floats: everyInput }),
  microsoftRule('Mul', 'QLinearMul', { standard: true, floats: everyInput }),
  microsoftRule('AveragePool', 'QLinearAveragePool'),
  microsoftRule('GlobalAveragePool', 'QLinearGlobalAveragePool', {
    attributes: () => ({ channels_last: 0 }),
  }),
  microsoftRule('LeakyRelu', 'QLinearLeakyRelu'),
  microsoftRule('Sigmoid', 'QLinearSigmoid'),
  concat,
  where,
  ...['DepthToSpace', 'Expand', 'Flatten', 'Gather', 'MaxPool', 'Reshape', 'Slice'].map(moves),
  ...['SpaceToDepth', 'Split', 'Squeeze', 'Tile', 'Transpose', 'Unsqueeze'].map(moves),
];
