import type { Tensor } from '../../../ir/index.ts';
import { constantOf } from '../../../ops/index.ts';
import { gatherRows } from '../weight-only/table.ts';
import type { DynamicRule } from './rule.ts';

/** Rows of an embedding in int8 with a scale each, made float once they are picked. */
export const gather: DynamicRule = {
  opType: 'Gather',
  weights: [0],
  obstacle(node) {
    if (constantOf(node.inputs[1])) return 'its indices are constant';
    const isTable = node.input(0).shape!.length === 2 && node.int('axis', 0) === 0;
    return isTable ? undefined : 'its weight is no table of rows';
  },
  write(node, writer) {
    const { builder } = writer;
    const weight = writer.weight(node, 0, 0);
    const base = node.input(0).name;
    const constant = (name: string, tensor: Tensor) => writer.constant(name, tensor);
    return {
      outputs: [gatherRows({ builder, base, constant }, weight, node.input(1))],
      form: 'Gather of integers',
    };
  },
};
