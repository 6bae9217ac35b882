import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { simulate } from '../../src/simulate/index.ts';
import { describeWith } from '../support/describe-with.ts';
import { python } from '../support/requirement.ts';
import { litert, runLitert } from './litert.ts';
import { randomTwin, type Twin, twinKinds } from './simulate-graphs.ts';

const builder = python('EDGEBOOK_PYTHON', ['flatbuffers']);

/** Operators of each kind. */
const seeds = 40;

/** The TFLite files of operators, by the schema that LiteRT itself brings. */
async function buildTflite(twins: readonly Twin[]): Promise<Uint8Array[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-tflite-'));
  try {
    const specs = await Promise.all(
      twins.map(async (twin, n) => ({
        file: `${n}.tflite`,
        op: twin.op,
        options: twin.options,
        version: twin.version,
        tensors: await Promise.all(
          twin.tensors.map(async ({ data, ...tensor }, i) => {
            if (!data) return tensor;
            await writeFile(join(folder, `${n}-${i}.raw`), data.bytes);
            return { ...tensor, data: `${n}-${i}.raw` };
          }),
        ),
      })),
    );
    await writeFile(join(folder, 'specs.json'), JSON.stringify(specs));
    const script = fileURLToPath(new URL('build_tflite.py', import.meta.url));
    await promisify(execFile)(litert.path, [script, folder]);
    return await Promise.all(specs.map(({ file }) => readFile(join(folder, file))));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describeWith("the simulator gives the bits of TFLite's reference kernels", [litert, builder], () => {
  test.each(twinKinds)('%s', async (kind) => {
    const twins = Array.from({ length: seeds }, (_, seed) => randomTwin(kind, seed));
    const files = await buildTflite(twins);
    const results = await runLitert(
      twins.map((twin, i) => ({ model: files[i]!, inputs: Object.values(twin.feeds), reference: true })),
    );
    const seen = new Set<number>();
    for (const [seed, twin] of twins.entries()) {
      const result = results[seed]!;
      if ('error' in result) throw new Error(`${kind} of seed ${seed}: ${result.error}`);
      const expected = result[0]!.tensor.toNumbers();
      const { y } = await simulate(twin.onnx, twin.feeds, { cpu: 'tflite' });
      const different = y!.toNumbers().filter((q, i) => q !== expected[i]).length;
      expect(different, `${kind} of seed ${seed}: different of ${expected.length}`).toBe(0);
      for (const q of expected) seen.add(q);
    }
    expect(seen.size).toBeGreaterThan(50);
  });
});
