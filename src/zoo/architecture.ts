import type { Flow } from '../layers/index.ts';

/** A network as code: layers, without weights. */
export interface Architecture {
  readonly summary: string;
  /** Whether the number of channels can be scaled. */
  readonly hasWidth?: boolean;
  /** What it is trained for, if not to tell classes apart: `input` gives its input back. */
  readonly target?: 'input';
  /** Writes the layers behind an input, class scores last. */
  build(x: Flow, size: Size): Flow;
}

export interface Size {
  readonly classes: number;
  /** Factor of the number of channels; 1 is the published network. */
  readonly width: number;
}
