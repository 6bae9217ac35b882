import { barFigure, FigureGrid } from '../plot/index.ts';
import { Report, type Row } from '../report.ts';
import type { Compared } from './footprint-table.ts';
import type { LeftGroup } from './select/index.ts';

/** One group of channels that go together. */
export interface PrunedGroup {
  /** The first node that makes the channels. */
  readonly name: string;
  /** How many weights are cut for a channel of it. */
  readonly weights: number;
  readonly before: number;
  readonly after: number;
}

export interface ChannelFacts extends Compared {
  readonly groups: readonly PrunedGroup[];
  /** Groups that stay as they are for a reason other than their scores. */
  readonly left: readonly LeftGroup[];
  readonly importance: string;
  readonly scope: string;
  readonly warnings: readonly string[];
}

/** Which channels structured pruning took away, and what the model takes since. */
export class ChannelReport extends Report {
  readonly facts: ChannelFacts;
  readonly groups: readonly PrunedGroup[];

  constructor(facts: ChannelFacts) {
    const { groups, left, before, after, importance, scope } = facts;
    const [from, to] = [total(groups, 'before'), total(groups, 'after')];
    const most = Math.max(1, ...groups.map((group) => group.before));
    super({
      title:
        `${from - to} of ${from} channels removed, by ${importance}, ${scope} ranking; ` +
        `MACs to ${percent(after.macs, before.macs)}, parameters to ${percent(after.parameters, before.parameters)}`,
      columns: [
        { key: 'name', header: 'group' },
        { key: 'weights', header: 'tensors' },
        { key: 'before', header: 'channels before', bar: most },
        { key: 'after', header: 'after', bar: most },
        { key: 'kept', header: 'kept', unit: '%', scale: 100, decimals: 0 },
        { key: 'note', header: 'note', wrap: 60 },
      ],
      rows: groups.map((group) => rowOf(group, left)),
      charts: groups.length > 0 ? [channelFigures(groups, most)] : [],
      warnings: facts.warnings,
    });
    this.facts = facts;
    this.groups = groups;
  }

  /** Share of the channels that might go that went: with it as the goal the same ones go. */
  get sparsity(): number {
    const left = new Set(this.facts.left.map(({ name }) => name));
    const groups = this.groups.filter(({ name }) => !left.has(name));
    return 1 - total(groups, 'after') / total(groups, 'before');
  }
}

function rowOf(group: PrunedGroup, left: readonly LeftGroup[]): Row {
  const note = left.find(({ name }) => name === group.name)?.reason;
  const { name, weights, before, after } = group;
  return { name, weights, before, after, kept: after / before, note };
}

const total = (groups: readonly PrunedGroup[], key: 'before' | 'after'): number =>
  groups.reduce((sum, group) => sum + group[key], 0);

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

function channelFigures(groups: readonly PrunedGroup[], most: number): FigureGrid {
  const figure = (title: string, key: 'before' | 'after') =>
    barFigure(
      groups.map((group) => ({ name: group.name, value: group[key] })),
      { title, value: { title: 'Channels', include: [0, most] }, category: 'Group' },
    );
  return new FigureGrid({
    title: 'Channels of each group',
    figures: [figure('Before', 'before'), figure('After', 'after')],
    columns: 2,
  });
}
