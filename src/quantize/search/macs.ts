import type { Graph } from '../../ir/index.ts';
import { opOf } from '../../ops/index.ts';
import type { Unit } from './units.ts';

/** Multiply-accumulates of each unit of a graph for one sample, by its name. */
export function macsOf({ nodes }: Graph, units: readonly Unit[]): Map<string, number> {
  const byName = new Map(nodes.map((node) => [node.output().name, node]));
  return new Map(
    units.map(({ name }) => {
      const node = byName.get(name)!;
      return [name, opOf(node)?.cost(node).macs ?? 0];
    }),
  );
}
