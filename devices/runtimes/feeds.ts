import { type FeedOptions, randomFeeds } from '../../src/bench/random-feeds.ts';
import { ModelError } from '../../src/errors.ts';
import type { Model } from '../../src/ir/index.ts';
import type { Feeds, Port } from '../../src/runtime/index.ts';

/** Made-up input for a model that no session has loaded here. Throws ModelError for an input without a type or a shape. */
export const feedsFor = ({ graph }: Model, options: FeedOptions): Feeds =>
  randomFeeds(
    graph.feeds.map(({ name, dtype, shape }): Port => {
      if (dtype !== undefined && shape !== undefined) return { name, dtype, shape };
      throw new ModelError(`Input '${name}' must have a type and a shape`, { value: name });
    }),
    options,
  );
