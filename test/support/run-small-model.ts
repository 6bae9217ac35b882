/** A process of its own that loads onnxruntime, runs a small model once and tells what it saw, as JSON on stdout. */
import { GraphBuilder, Model, Tensor } from '../../src/ir/index.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { InferenceSession } from '../../src/runtime/index.ts';

const g = new GraphBuilder(() => [{ dtype: 'float32', shape: [3] }]);
g.output(g.op('Relu', [g.input('x', 'float32', [3])]), 'y');
const session = await InferenceSession.create(writeModel(new Model(g.graph)));
const { y } = await session.run({ x: Tensor.of('float32', [-1, 0, 2]) });
await session.release();
console.log(JSON.stringify({ y: y?.toNumbers(), telemetryDisabled: process.env.ORT_DISABLE_TELEMETRY }));
