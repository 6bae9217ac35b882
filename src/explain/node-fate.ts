/** Where a node computes: on 8-bit integers, on floats, or nowhere, since another node or a constant stands for it. */
export type State = 'int8' | 'float' | 'folded';

/** What becomes of one node of a model. */
export interface NodeFate {
  /** The node's name, or that of its first output. */
  readonly node: string;
  readonly op: string;
  readonly state: State;
  /** Why it is not int8, or what stands for it; empty for int8. */
  readonly because: string;
  readonly remedy: string;
}

export const isPair = (op: string): boolean => op === 'QuantizeLinear' || op === 'DequantizeLinear';
