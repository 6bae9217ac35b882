/**
 * Records what onnxruntime's kernels of some processor give for the random graphs of test/src/simulate: a digest of the
 * bytes of each output, as JSON on the standard output. For the AVX2 kernels, on any x86 machine with QEMU 7.2 or newer:
 *
 *     qemu-x86_64 -cpu Haswell-noTSX node test/support/record-kernels.ts 10 > test/fixtures/simulate/avx2.json
 */
import { createHash } from 'node:crypto';
import { writeModel } from '../../src/onnx/index.ts';
import { InferenceSession, onnxruntimeVersion } from '../../src/runtime/index.ts';
import { graphKinds, randomGraph } from '../src/simulate/random-graphs.ts';

const seeds = Number(process.argv[2] ?? 10);
const digests: Record<string, string[]> = {};
for (const kind of graphKinds) {
  digests[kind] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const { model, feeds } = randomGraph(kind, seed);
    const session = await InferenceSession.create(writeModel(model), { threads: 1 });
    const { y } = await session.run(feeds);
    await session.release();
    digests[kind].push(createHash('sha256').update(y!.bytes).digest('hex').slice(0, 16));
  }
}
process.stdout.write(`${JSON.stringify({ onnxruntime: onnxruntimeVersion(), digests }, null, 2)}\n`);
