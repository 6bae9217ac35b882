import { UsageError } from '../../../errors.ts';
import type { Feeds } from '../../../runtime/index.ts';
import type { Calibration } from '../../calibrate.ts';

const maxBytes = 64 * 2 ** 20;

/** The first batches of a calibration set, up to 64 MiB, at least one. Throws UsageError if there is none. */
export async function takeFeeds(calibration: Calibration): Promise<Feeds[]> {
  const taken: Feeds[] = [];
  let bytes = 0;
  for await (const feeds of calibration) {
    bytes += Object.values(feeds).reduce((sum, tensor) => sum + tensor.bytes.length, 0);
    if (taken.length > 0 && bytes > maxBytes) break;
    taken.push(feeds);
  }
  if (taken.length === 0) throw new UsageError('The calibration set must have at least one batch, has none');
  return taken;
}
