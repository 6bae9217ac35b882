import { toAttribute } from '../../ir/index.ts';
import { replaceNode } from '../replace.ts';
import { before, type Converter } from './converter.ts';

/**
 * Up to operator set 12 Softmax and its relatives ran over all axes from `axis` (default 1) on, as one; since 13 over
 * `axis` (default the last) alone.
 */
export const overOneAxis: Converter = (conversion) => {
  const { node, graph } = conversion;
  const axis = node.int('axis', 1);
  const x = node.input(0);
  const rank = x.shape?.length;
  const isLast = axis === -1 || (rank !== undefined && axis === rank - 1);
  node.attributes.set('axis', toAttribute('axis', -1));
  if (isLast) return;
  const flat = before(conversion, 'Flatten', [x], { axis });
  const result = before(conversion, node.opType, [flat], { axis: -1 });
  const inputs = [result, before(conversion, 'Shape', [x])];
  replaceNode(graph, node, { opType: 'Reshape', inputs });
};
