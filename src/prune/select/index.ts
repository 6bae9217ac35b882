export { type Eligible, eligibleGroups, scoredGroups } from './eligible.ts';
export { checkGoal, type Goal, type Measure } from './goal.ts';
export {
  type Ranking,
  type RankingOptions,
  type RankingScope,
  rankChannels,
  removedCount,
} from './ranking.ts';
export { type Reached, reachGoal } from './reach-goal.ts';
export type { LeftGroup, Removal } from './selection.ts';
