import { UsageError } from '../../../src/errors.ts';
import { parseBudget } from '../../../src/search/budget.ts';
import type { Figures } from '../../../src/search/figures.ts';
import { efforts, type PlannedStep } from '../../../src/search/plan.ts';
import type { Search } from '../../../src/search/search.ts';

export interface World {
  /** In ms, of a network of a share, and the size of the blocks that its channels come in. */
  latency(share: number, roundTo: number): number;
  /** How slow the machine is, by how much was measured before. Default: 1. */
  readonly slowness?: (times: number) => number;
  /** Bytes that a network holds. Default: unknown. */
  readonly memory?: number;
  /** The narrowest that can be made. Default: all can. */
  readonly narrowest?: number;
}

/** A lab whose networks are their plans: nothing is made. */
export function searchIn({ latency, memory, narrowest = 0, slowness = () => 1 }: World, budget: string) {
  const source = { share: 1, roundTo: 1 };
  const measured: string[] = [];
  let times = 0;
  const parsed = parseBudget(budget);
  const boards = [...new Set(parsed.flatMap(({ device }) => device ?? []))];
  const sizes = (content: { share: number }) => ({
    size: 1000 * content.share,
    macs: 100 * content.share,
    params: 1,
  });
  const lab = {
    setup: { budget: parsed, source, devices: new Map(boards.map((board) => [board, undefined])) },
    tell: () => {},
    sizes,
    async run([step]: PlannedStep[]) {
      const { macs: share, roundTo = 1 } = step!.options as { macs: number; roundTo?: number };
      if (share < narrowest) throw new UsageError(`${share} of the MACs cannot be reached`);
      return [{ outcome: { content: { share, roundTo } } }];
    },
    async measure(content: typeof source, device: string) {
      const isSource = content === source;
      if (!isSource) measured.push(`${content.share} in ${content.roundTo}s on ${device}`);
      const time = isSource ? 100 : latency(content.share, content.roundTo);
      return { latency: time * slowness(times++), ...(memory !== undefined && !isSource && { memory }) };
    },
  };
  const figures: Figures = {
    ...{ size: 1000, macs: 100, params: 1, accuracy: undefined, drop: undefined },
    devices: Object.fromEntries(boards.map((board) => [board, { latency: 100, memory: 100 }])),
  };
  const settings = { epochs: 1, training: {}, int8: {}, maxDrop: undefined };
  const original = { figures, evaluation: undefined };
  const lists = { trials: [], probes: [], failures: [] };
  const state = { lab, effort: efforts[0]!, settings, original, ...lists } as unknown as Search;
  return { state, lab: state.lab, measured, original: figures };
}
