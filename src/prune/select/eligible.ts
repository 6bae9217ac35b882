import { UsageError } from '../../errors.ts';
import { globPattern } from '../../train/freeze.ts';
import type { Group } from '../groups/index.ts';
import type { Scores } from '../importance/index.ts';
import type { LeftGroup } from './selection.ts';

/** Groups that may lose channels, and the others with the reason. */
export interface Eligible {
  readonly groups: readonly Group[];
  readonly left: readonly LeftGroup[];
}

/**
 * Leaves out groups with an obstacle, those that a pattern of `keep` fits (by the name of the group, of one of its nodes or
 * weights) and those of a single channel. Throws UsageError for a pattern that fits none.
 */
export function eligibleGroups(groups: readonly Group[], keep: readonly string[] = []): Eligible {
  for (const pattern of keep) checkFitsOne(pattern, groups);
  const reasonOf = (group: Group): string | undefined => {
    if (group.obstacle) return group.obstacle;
    const pattern = keep.find((glob) => isNamed(group, glob));
    if (pattern !== undefined) return `kept by '${pattern}'`;
    return group.channels < 2 ? 'has a single channel' : undefined;
  };
  return parted(groups, reasonOf);
}

/** Leaves out the groups that an importance says nothing of, or whose scores are not numbers. */
export function scoredGroups(groups: readonly Group[], scores: Scores, importance: string): Eligible {
  return parted(groups, ({ name }) => {
    const own = scores.get(name);
    if (!own) return `${importance} says nothing of it`;
    return own.every(Number.isFinite) ? undefined : `${importance} of its channels is not finite`;
  });
}

function parted(groups: readonly Group[], reasonOf: (group: Group) => string | undefined): Eligible {
  const reasons = groups.map((group) => ({ group, reason: reasonOf(group) }));
  return {
    groups: reasons.flatMap(({ group, reason }) => (reason === undefined ? [group] : [])),
    left: reasons.flatMap(({ group, reason }) =>
      reason === undefined ? [] : [{ name: group.name, reason }],
    ),
  };
}

const namesOf = ({ name, parts }: Group): string[] => [
  name,
  ...parts.flatMap(({ node, initializer }) => [node.name, initializer.name].filter(Boolean)),
];

function isNamed(group: Group, glob: string): boolean {
  const pattern = globPattern(glob);
  return namesOf(group).some((name) => pattern.test(name));
}

function checkFitsOne(pattern: string, groups: readonly Group[]): void {
  if (groups.some((group) => isNamed(group, pattern))) return;
  const some = groups.slice(0, 8).map(({ name }) => name);
  throw new UsageError(
    `'keep' must name groups, nodes or weights of the model, '${pattern}' fits none. Groups are ${some.join(', ')}${groups.length > 8 ? ', ...' : ''}`,
  );
}
