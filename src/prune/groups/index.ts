export type { Group, GroupPart, PartRole } from './group.ts';
