import type { Dataset } from '../../data/index.ts';
import type { Model } from '../../ir/index.ts';
import type { ChannelOptions } from '../channels.ts';
import { scoredChannels } from '../scored-channels.ts';
import { settledShapes } from '../settled-shapes.ts';
import { removeChannels } from '../surgery/index.ts';
import { type ScanOptions, scan } from './scan.ts';
import type { SensitivityReport } from './sensitivity-report.ts';

/**
 * What removing the least important channels of each group alone does to a model, without training: where to prune less,
 * or `keep`. Throws UsageError for an option out of range, ModelError if no channel may go, and the signal's reason when
 * aborted.
 */
export async function channelSensitivity(
  dense: Model,
  data: Dataset,
  options: ScanOptions & Pick<ChannelOptions, 'importance' | 'keep'> = {},
): Promise<SensitivityReport> {
  const { importance, keep, seed, signal } = options;
  const model = await settledShapes(dense);
  const work = { data, ...(seed !== undefined && { seed }), ...(signal && { signal }) };
  const { groups, left, scores } = await scoredChannels(model, { importance, keep, ...work });
  const channels = new Map(groups.map((group) => [group.name, group.channels]));
  const prune = (layer: string, share: number): Model => {
    // A hair more, so that 0.3 of 10 channels are 3 in floating point too; one always stays.
    const count = Math.min(channels.get(layer)! - 1, Math.floor(share * channels.get(layer)! + 1e-9));
    const own = scores.get(layer)!;
    const least = [...own.keys()].sort((a, b) => own[a]! - own[b]! || a - b).slice(0, count);
    return count > 0 ? removeChannels(model, new Map([[layer, least.sort((a, b) => a - b)]])) : model;
  };
  const layers = groups.map(({ name }) => name);
  return scan({ model, layers, what: 'channels', left, prune }, data, options);
}
