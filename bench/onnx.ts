/** Reading and writing a model of about 100 MB, beside onnx-buf: medians of several rounds in this one process. */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { Graph, Model, Node, Tensor, Value } from '../src/ir/index.ts';
import { readModel, writeModel } from '../src/onnx/index.ts';

const rounds = 9;

/** 48 weights of 2 MB, 3000 nodes in a chain, 500,000 elements in float_data. */
function synthetic(): Uint8Array {
  const graph = new Graph('synthetic');
  const weights = Array.from({ length: 48 }, (_, i) => {
    const data = Float32Array.from({ length: 500_000 }, (_, j) => i + j / 1e6);
    return graph.addInitializer(new Value(`layer${i}.weight`, undefined, Tensor.of('float32', data)));
  });
  let value = new Value('input', { dtype: 'float32', shape: ['N', 500_000] });
  graph.inputs.push(value);
  for (let i = 0; i < 3000; i++) {
    const output = new Value(`layer${i}/output`, { dtype: 'float32', shape: ['N', 500_000] });
    const attributes = new Map([['axes', { type: 'ints', value: [0, -1, i] } as const]]);
    const inputs = [value, weights[i % weights.length]];
    graph.insert(new Node({ opType: 'Add', name: `layer${i}/Add`, inputs, outputs: [output], attributes }));
    value = output;
  }
  graph.outputs.push(value);
  return withFloatData(writeModel(new Model(graph)));
}

function withFloatData(bytes: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const weight = model.graph!.initializer[0]!;
  weight.floatData = Array.from(new Float32Array(weight.rawData.slice().buffer));
  weight.rawData = new Uint8Array(0);
  return toBinary(ModelProtoSchema, model);
}

interface Times {
  readonly read: number[];
  readonly write: number[];
}

function round<T>(
  bytes: Uint8Array,
  times: Times,
  read: (bytes: Uint8Array) => T,
  write: (model: T) => unknown,
) {
  const start = performance.now();
  const model = read(bytes);
  const middle = performance.now();
  write(model);
  times.read.push(middle - start);
  times.write.push(performance.now() - middle);
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!;

const bytes = synthetic();
const ours: Times = { read: [], write: [] };
const theirs: Times = { read: [], write: [] };
for (let i = 0; i < rounds; i++) {
  round(bytes, ours, readModel, writeModel);
  round(
    bytes,
    theirs,
    (b) => fromBinary(ModelProtoSchema, b),
    (m) => toBinary(ModelProtoSchema, m),
  );
}

console.log(`${(bytes.length / 1e6).toFixed(1)} MB, 3000 nodes, medians of ${rounds} rounds`);
const limits = { read: 150, write: 300 };
for (const step of ['read', 'write'] as const) {
  const [mine, other] = [median(ours[step]), median(theirs[step])];
  const verdict = mine < limits[step] ? 'within' : 'OVER';
  console.log(
    `${step.padEnd(6)} edgebook ${mine.toFixed(0).padStart(5)} ms (${verdict} ${limits[step]} ms)` +
      `   onnx-buf ${other.toFixed(0).padStart(5)} ms   ratio ${(mine / other).toFixed(2)}`,
  );
  if (mine >= limits[step]) process.exitCode = 1;
}
