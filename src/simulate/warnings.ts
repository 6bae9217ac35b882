import type { Node } from '../ir/index.ts';
import type { Cpu } from './cpu.ts';

/** Operators that multiply integers, in graphs of onnxruntime. */
const products =
  /^(QLinearConv|QLinearMatMul|QGemm|QAttention|ConvInteger|.*MatMul(Integer.*|NBits)|DynamicQuantize(MatMul|LSTM))$/;

/** What a simulation does not know of the processor, in sentences. */
export function simulationWarnings(
  nodes: readonly Node[],
  simulated: ReadonlySet<Node>,
  { name, arithmetic }: Cpu,
): string[] {
  const here = nodes.filter((node) => products.test(node.opType) && !simulated.has(node));
  const borrowed = nodes.filter(({ opType }) => arithmetic.borrowed.includes(opType));
  return [
    ...counted(here).map(
      (what) =>
        `This machine's kernels multiply the integers of ${what}: what '${name}' makes of them is not simulated`,
    ),
    ...counted(borrowed).map(
      (what) => `onnxruntime's rule computes ${what}: '${name}' has one of its own that is not simulated`,
    ),
  ];
}

/** `2 QLinearSoftmax nodes`, for each operator. */
function counted(nodes: readonly Node[]): string[] {
  const counts = new Map<string, number>();
  for (const { opType } of nodes) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  return [...counts].map(([opType, count]) => `${count} ${opType} node${count === 1 ? '' : 's'}`);
}
