export { dependencyGroups } from './dependency-groups.ts';
export type { Group, GroupPart, PartRole } from './group.ts';
