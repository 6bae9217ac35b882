import type { Feeds } from '../../runtime/index.ts';
import type { Calibration } from '../calibrate.ts';
import { FeedSample } from '../feed-sample.ts';

/** The first batches of calibration data, up to 16 MiB, and at least one; none if there are no data. */
export async function feedSampleOf(calibration: Calibration | undefined): Promise<Feeds[]> {
  const sample = new FeedSample();
  if (!calibration) return [];
  for await (const feeds of calibration) {
    const before = sample.feeds.length;
    sample.add(feeds);
    if (sample.feeds.length === before) break;
  }
  return sample.feeds;
}
