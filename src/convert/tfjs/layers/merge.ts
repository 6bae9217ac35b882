import { ModelError } from '../../../errors.ts';
import { Tensor } from '../../../ir/index.ts';
import { binary, concat, elementwise, madeConstant, type Operand } from '../../channels-last/index.ts';
import type { LayerCall, LayerMapping, LayerTable } from '../layer-call.ts';

const merged =
  (opType: string): LayerMapping =>
  (call) => {
    const { inputs } = call;
    if (inputs.length < 2) throw new ModelError(`must have two inputs or more, has ${inputs.length}`);
    return inputs
      .slice(1)
      .reduce((left, right) => elementwise(call.w, opType, { inputs: [left, right] }), inputs[0]!);
  };

/** Layers of several inputs. */
export const mergeLayers: LayerTable = {
  Add: merged('Add'),
  Multiply: merged('Mul'),
  Maximum: merged('Max'),
  Minimum: merged('Min'),
  Subtract: merged('Sub'),
  Average: (call) => average(call),
  Concatenate: (call) => concat(call.w, call.inputs, call.config.optional('axis')?.integer() ?? -1),
};

function average(call: LayerCall): Operand {
  const sum = [merged('Add')(call)].flat()[0]!;
  const factor = madeConstant(call.w, Tensor.scalar('float32', 1 / call.inputs.length));
  return binary(call.w, 'Mul', [sum, factor]);
}
