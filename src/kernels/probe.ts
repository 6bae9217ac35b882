import { type Kernels, kernelBuilder, microsoft, nchwc } from '../autodiff/index.ts';
import { ModelError } from '../errors.ts';
import { type GraphBuilder, Model, product, Tensor } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { InferenceSession } from '../runtime/index.ts';
import { type Check, checks } from './checks.ts';

/** What a probe of the installed onnxruntime found. */
export interface Probe {
  readonly kernels: Kernels;
  /** For each kernel that cannot be used: which, and what went wrong. */
  readonly missing: readonly string[];
}

let probed: Promise<Probe> | undefined;

/**
 * Finds out, once a process, which of onnxruntime's internal kernels it can use: the size of a channel block, and
 * whether each kernel gives what the standard operators give. Whatever differs or is refused is left alone.
 */
export function probeKernels(): Promise<Probe> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<Probe> {
  const missing: string[] = [];
  const attempt = async (name: string, run: () => Promise<void>): Promise<boolean> => {
    try {
      await run();
      return true;
    } catch (cause) {
      missing.push(`${name}: ${(cause as Error).message}`);
      return false;
    }
  };
  let block: number | undefined;
  await attempt(`${nchwc}.ReorderInput`, async () => {
    block = await blockSize();
  });
  if (block) {
    const kernels = { block, fusedMatMul: false };
    for (const check of checks(block)) {
      const works = await attempt(check.name, () => compare(check, kernels));
      if (!works) block = undefined;
    }
  }
  const fusedMatMul = await attempt(fusedProduct.name, () => compare(fusedProduct, { fusedMatMul: true }));
  return { kernels: { block, fusedMatMul }, missing };
}

/** Channels in a block: four channels come back padded to one. Throws ModelError without such kernels. */
async function blockSize(): Promise<number> {
  const g = kernelBuilder({ block: 4, fusedMatMul: false }, { name: 'block' });
  const x = g.input('x', 'float32', [1, 4, 1, 1]);
  const y = g.op('ReorderInput', [x], {}, nchwc);
  g.output(y, 'y');
  // Its size is what we ask for.
  y.type = { dtype: 'float32', shape: undefined };
  const { y: result } = await run(g, { x: Tensor.of('float32', [1, 2, 3, 4], [1, 4, 1, 1]) });
  const block = result!.shape[1] ?? 0;
  const data = [...(result!.data as Float32Array)];
  if (block >= 8 && data.every((value, i) => value === (i < 4 ? i + 1 : 0))) return block;
  throw new ModelError(`this processor has no blocks of 8 channels or more, ReorderInput gives [${data}]`);
}

const fusedProduct: Check = {
  name: `${microsoft}.FusedMatMul`,
  shapes: [
    [2, 5, 3],
    [2, 7, 5],
  ],
  fast: (g, [a, b]) => g.op('FusedMatMul', [a, b], { transA: 1, transB: 1 }, microsoft),
  standard(g, [a, b]) {
    const swapped = [a, b].map((value) => g.op('Transpose', [value], { perm: [0, 2, 1] }));
    return g.op('MatMul', swapped);
  },
};

/** Throws ModelError if the fast form is refused or differs from the standard one by more than rounding. */
async function compare({ shapes, fast, standard }: Check, kernels: Kernels): Promise<void> {
  const results = await Promise.all(
    [fast, standard].map(async (write) => {
      const g = kernelBuilder(kernels, { name: 'probe' });
      const inputs = shapes.map((shape, i) => g.input(`x${i}`, 'float32', shape));
      g.output(write(g, inputs), 'y');
      return (await run(g, Object.fromEntries(shapes.map((shape, i) => [`x${i}`, waves(shape, i)])))).y!;
    }),
  );
  const [found, expected] = results.map((tensor) => tensor.data as Float32Array);
  const worst = found!.reduce((max, value, i) => Math.max(max, Math.abs(value - expected![i]!)), 0);
  if (found!.length === expected!.length && worst < 1e-5) return;
  throw new ModelError(`gives other results than the standard operators, by up to ${worst}`);
}

async function run(g: GraphBuilder, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const model = new Model(g.graph);
  for (const domain of [nchwc, microsoft]) model.opsets.set(domain, 1);
  const session = await InferenceSession.create(writeModel(model), { optimization: 'basic', threads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

/** Values in [-1, 1] that no two neighbours share. */
const waves = (shape: readonly number[], seed: number): Tensor =>
  Tensor.of(
    'float32',
    Float32Array.from({ length: product(shape) }, (_, i) => Math.sin(i * 1.7 + seed)),
    shape,
  );
