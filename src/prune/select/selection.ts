/** Channels to remove, ascending, by the name of their group. Groups that stay as they are are left out. */
export type Removal = ReadonlyMap<string, readonly number[]>;

/** Why a group stays as it is. */
export interface LeftGroup {
  readonly name: string;
  readonly reason: string;
}
