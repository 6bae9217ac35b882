import path from 'node:path';
import { ModelError } from '../../errors.ts';
import { Json } from '../json.ts';
import { readBytes } from '../read-bytes.ts';

/** What a model.json and its shards hold. */
export interface TfjsFile {
  readonly json: Json;
  /** All shards of all groups, in the order of the manifest. */
  readonly weights: Uint8Array;
}

/**
 * Reads a tfjs model.json and the shards that it names, which must be in its folder. Throws UsageError if the file cannot be
 * read, ModelError if it is no tfjs model, or a shard is missing or elsewhere.
 */
export async function readTfjsFile(file: string): Promise<TfjsFile> {
  const bytes = await readBytes(file);
  const json = Json.parse(new TextDecoder().decode(bytes), path.basename(file));
  const shards = [];
  for (const shard of shardPaths(json)) shards.push(await readShard(path.dirname(file), shard));
  return { json, weights: Buffer.concat(shards) };
}

const shardPaths = (json: Json): Json[] =>
  json
    .get('weightsManifest')
    .list()
    .flatMap((group) => group.get('paths').list());

async function readShard(folder: string, shard: Json): Promise<Uint8Array> {
  const name = shard.text();
  const target = path.resolve(folder, name);
  const relative = path.relative(folder, target);
  if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative))
    throw new ModelError(`${shard.where} must be a file in the model's folder, is '${name}'`);
  return readBytes(target).catch((cause) => {
    if (cause instanceof ModelError) throw cause;
    throw new ModelError(`${shard.where} must be a readable file: ${(cause as Error).message}`, { cause });
  });
}
