/**
 * How well a small network learns the official MNIST in short: `cnn` with a one-cycle schedule and random shifts, tested on
 * the 10,000 official test digits. Prints accuracy and wall time of the training, data included, and what the training
 * would take if every call went as fast as the fastest tenth, which is how a quiet machine trains.
 */
import { loadavg } from 'node:os';
import { evaluate } from '../src/bench/index.ts';
import { mnist } from '../src/data/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { fit } from '../src/train/index.ts';
import { architecture } from '../src/zoo/index.ts';

const [network = 'cnn', epochs = '4', learningRate = '0.003', batchSize = '64'] = process.argv.slice(2);
const data = await mnist();
const model = architecture(network, { sample: data.sampleShape, classes: data.classNames.length });
const perStep: number[] = [];
let last = performance.now();
const { model: trained, report } = await fit(model, data, {
  epochs: Number(epochs),
  learningRate: Number(learningRate),
  batchSize: Number(batchSize),
  schedule: 'one-cycle',
  augment: { shift: 2 },
  onProgress: ({ steps }) => {
    const now = performance.now();
    perStep.push((now - last) / steps.length);
    last = now;
  },
});
const { accuracy } = await evaluate(writeModel(trained), data);
const fast = perStep.toSorted((a, b) => a - b)[Math.floor(perStep.length / 10)]!;
console.log(report.toText());
console.log(`test accuracy   ${(100 * accuracy).toFixed(2)} % of ${data.size('test')} digits`);
console.log(
  `training        ${report.seconds.toFixed(1)} s (load of the machine ${loadavg()[0]!.toFixed(1)})`,
);
console.log(
  `at its fastest  ${((fast * report.history.length) / 1000).toFixed(1)} s (${fast.toFixed(2)} ms a step)`,
);
