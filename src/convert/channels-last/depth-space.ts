import { ModelError } from '../../errors.ts';
import type { Dim } from '../../ir/index.ts';
import type { Operand } from './operand.ts';
import { result, valueIn } from './values.ts';
import type { Writer } from './writer.ts';

/** DepthToSpace or SpaceToDepth, whose channels go row, column, depth as TensorFlow's. */
export function depthSpace(
  w: Writer,
  x: Operand,
  { opType, block }: { opType: 'DepthToSpace' | 'SpaceToDepth'; block: number },
): Operand {
  if (!(block > 0))
    throw new ModelError(`${opType} of '${x.name}' must have a block size over 0, has ${block}`);
  const value = valueIn(w, x, 'first');
  const [n = null, c = null, ...spatial] = value.shape!;
  const scale = (dim: Dim, factor: number): Dim => (typeof dim === 'number' ? dim * factor : null);
  const deeper = opType === 'SpaceToDepth';
  const shape = [
    n,
    scale(c, deeper ? block * block : 1 / (block * block)),
    ...spatial.map((dim) => scale(dim, deeper ? 1 / block : block)),
  ];
  const declared = { dtype: value.dtype, shape };
  return result('first', w.op(opType, [value], { attributes: { blocksize: block }, declared }));
}
