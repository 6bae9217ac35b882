/** What a target makes of a broken rule: it refuses the file, computes in float there, or computes something else. */
export type Severity = 'refused' | 'slow' | 'inaccurate';

/** One rule of a target that a model breaks. */
export interface Violation {
  readonly severity: Severity;
  /** The node or value, or `model`. */
  readonly where: string;
  /** What must be, and what is. */
  readonly what: string;
  readonly remedy: string;
}
