import { GraphBuilder, Model } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { infer } from '../ops/index.ts';

/** ONNX bytes of y = x with one number: what a run of it takes is what calling and timing a run costs. */
export function identityModel(): Uint8Array {
  const builder = new GraphBuilder(infer);
  builder.output(builder.op('Identity', [builder.input('x', 'float32', [1])]), 'y');
  return writeModel(new Model(builder.graph));
}
