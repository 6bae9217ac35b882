/** Why a node does not compute in int8, as clauses, and what to do about it. */
export interface Reason {
  readonly because: string;
  readonly remedy: string;
}

export const reason = (because: string, remedy: string): Reason => ({ because, remedy });
