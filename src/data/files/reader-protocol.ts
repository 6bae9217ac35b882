import type { SoundFormat } from '../audio/read-sound.ts';
import type { ImageFormat } from '../image/read-image.ts';
import type { Samples } from '../sample-source.ts';

/** How a file becomes a sample: which reader, and what it makes. */
export type FileFormat = ImageFormat | SoundFormat;

/** What the reading thread is asked for. */
export interface ReadTask {
  readonly id: number;
  readonly files: readonly string[];
  readonly format: FileFormat;
}

/** A file that gave no sample. */
export interface ReadFailure {
  /** Its position in what was asked for. */
  readonly index: number;
  readonly reason: string;
}

/** One sample for each file; zeros for those that failed. */
export interface ReadAnswer {
  readonly id: number;
  readonly samples: Samples;
  readonly failures: readonly ReadFailure[];
}
