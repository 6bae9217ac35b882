/**
 * What `%bench` says of a model beside onnxruntime's own Python API on the same model, threads and machine, turn by turn.
 * PyPI's wheels hold no onnxruntime_perf_test, so that a loop over `InferenceSession.run` stands for it. Fails if the
 * ratio of medians is more than 3 % away from 1; where other work takes the processors, medians tell of that work, and the
 * fastest runs are compared. `EDGEBOOK_ORT_PYTHON=/path/to/python npm run bench:latency`; that python needs
 * onnxruntime of the same version as onnxruntime-node, and numpy. Large outputs, which cost Node a copy, are shown beside.
 * Arguments: rounds (default 15), threads (default 1).
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BenchReport, bench, percentile } from '../src/bench/index.ts';
import { Graph, Model, Node, Tensor, Value } from '../src/ir/index.ts';
import { writeModel } from '../src/onnx/index.ts';
import { random } from '../src/random.ts';

const [rounds = 15, threads = 1] = process.argv.slice(2).map(Number);
const minTime = 1000;
const bound = 0.03;
const python = process.env.EDGEBOOK_ORT_PYTHON;
if (!python) throw new Error('Set EDGEBOOK_ORT_PYTHON to a python with onnxruntime and numpy');

/** Some ms of work: eight layers of 512 numbers on 64 rows, the last with so many outputs. */
function model(outputs: number): Uint8Array {
  const { uniform } = random(3);
  const graph = new Graph('latency');
  let value = new Value('x', { dtype: 'float32', shape: [64, 512] });
  graph.inputs.push(value);
  for (let layer = 0; layer < 8; layer++) {
    const columns = layer < 7 ? 512 : outputs;
    const type = { dtype: 'float32', shape: [64, columns] } as const;
    const data = Float32Array.from({ length: 512 * columns }, () => (uniform() - 0.5) / 8);
    const name = `weight${layer}`;
    const weight = graph.addInitializer(
      new Value(name, undefined, Tensor.of('float32', data, [512, columns])),
    );
    const [product, output] = [new Value(`product${layer}`, type), new Value(`y${layer}`, type)];
    graph.insert(new Node({ opType: 'MatMul', inputs: [value, weight], outputs: [product] }));
    graph.insert(new Node({ opType: 'Relu', inputs: [product], outputs: [output] }));
    value = output;
  }
  graph.outputs.push(value);
  return writeModel(new Model(graph));
}

class Peer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(path: string) {
    this.#child = spawn(python!, [join(import.meta.dirname, 'latency.py'), path, `${threads}`, `${minTime}`]);
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async next<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('onnxruntime in Python has ended');
    return JSON.parse(value) as T;
  }

  /** ms of the runs of one round. */
  async round(): Promise<number[]> {
    this.#child.stdin.write('\n');
    return this.next<number[]>();
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    await once(this.#child, 'close');
  }
}

const median = (values: readonly number[]): number =>
  percentile(
    values.toSorted((a, b) => a - b),
    50,
  );

const folder = mkdtempSync(join(tmpdir(), 'edgebook-latency-'));
try {
  const judged = await compare('scores of a classifier, 64 x 10', model(10));
  await compare(
    'outputs of 128 kB, 64 x 512, which onnxruntime-node copies into new memory each run',
    model(512),
  );
  if (Math.abs(judged - 1) > bound) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Measures both turn by turn and prints it; the ratio that counts. */
async function compare(what: string, bytes: Uint8Array): Promise<number> {
  const path = join(folder, 'model.onnx');
  writeFileSync(path, bytes);
  const peer = new Peer(path);
  const version = await peer.next<string>();
  const [ours, theirs, reports]: [number[], number[], BenchReport[]] = [[], [], []];
  let fastest = Infinity;
  for (let round = 0; round < rounds; round++) {
    const measure = async () => {
      const report = await bench(path, { threads, minTime });
      reports.push(report);
      ours.push(report.latency.p50);
    };
    // Who comes first changes, since a machine that is busy gets busier or less so.
    if (round % 2 === 0) await measure();
    const times = await peer.round();
    theirs.push(median(times));
    fastest = Math.min(fastest, ...times);
    if (round % 2 === 1) await measure();
  }
  await peer.close();
  const overhead = median(reports.map(({ overhead }) => overhead!));
  console.log(
    `${what}: load ${loadavg()[0]!.toFixed(1)} of ${navigator.hardwareConcurrency} processors, ${threads} threads, ${rounds} rounds of ${minTime} ms, turn by turn`,
  );
  const ratio = told({
    ours,
    theirs,
    version,
    ourFastest: Math.min(...reports.map((r) => r.latency.min)),
    fastest,
  });
  console.log(
    `  harness overhead: ${(1000 * overhead).toFixed(1)} µs a run, measured on a model of one Identity: ${((100 * overhead) / median(ours)).toFixed(2)} % of this model`,
  );
  const own = String(reports[0]!.conditions.runtime);
  if (own !== `onnxruntime ${version}`) console.log(`  NOT the same release: ${own} and ${version}`);
  return ratio;
}

interface Times {
  /** Medians of rounds, in ms. */
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly version: string;
  readonly ourFastest: number;
  readonly fastest: number;
}

/** Prints what was measured; the ratio that is judged. */
function told({ ours, theirs, version, ourFastest, fastest }: Times): number {
  const ratios = ours.map((value, i) => value / theirs[i]!);
  const ratio = median(ours) / median(theirs);
  const text = (p50: number, min: number) =>
    `median of medians ${p50.toFixed(4)} ms, fastest run ${min.toFixed(4)} ms`;
  console.log(`  %bench: ${text(median(ours), ourFastest)}`);
  console.log(`  Python, onnxruntime ${version}: ${text(median(theirs), fastest)}`);
  const busy = loadavg()[0]! > navigator.hardwareConcurrency;
  const judged = busy ? ourFastest / fastest : ratio;
  console.log(
    `  ratio of medians ${ratio.toFixed(4)} (pairs ${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}), of fastest runs ${(ourFastest / fastest).toFixed(4)}; judged by ${busy ? 'the fastest runs, since the machine has more to do than processors' : 'the medians'}: ${judged.toFixed(4)}, bound 1 ± ${bound}`,
  );
  return judged;
}
