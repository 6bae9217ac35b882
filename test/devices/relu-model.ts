import { GraphBuilder, Model } from '../../src/ir/index.ts';
import { infer } from '../../src/ops/index.ts';

/** y = Relu(x), of shape [1, 3]. */
export function reluModel(): Model {
  const builder = new GraphBuilder(infer);
  builder.output(builder.op('Relu', [builder.input('x', 'float32', [1, 3])]), 'y');
  return new Model(builder.graph);
}
