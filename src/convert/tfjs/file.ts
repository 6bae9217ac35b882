import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModelError, UsageError } from '../../errors.ts';
import { Json } from '../json.ts';

/** What a model.json and its shards hold. */
export interface TfjsFile {
  readonly json: Json;
  /** All shards of all groups, in the order of the manifest. */
  readonly weights: Uint8Array;
}

/** Longest model.json and longest weights that are read, in bytes. */
const most = 2 ** 31 - 1;

/**
 * Reads a tfjs model.json and the shards that it names, which must be in its folder. Throws UsageError if the file cannot be
 * read, ModelError if it is no tfjs model, or a shard is missing or elsewhere.
 */
export async function readTfjsFile(file: string): Promise<TfjsFile> {
  const bytes = await readWhole(file).catch((cause) => {
    throw cause instanceof ModelError
      ? cause
      : new UsageError(`Model file '${file}' must be a readable file: ${(cause as Error).message}`, {
          cause,
        });
  });
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
  return readWhole(target).catch((cause) => {
    if (cause instanceof ModelError) throw cause;
    throw new ModelError(`${shard.where} must be a readable file: ${(cause as Error).message}`, { cause });
  });
}

async function readWhole(file: string): Promise<Uint8Array> {
  const { size } = await stat(file);
  if (size > most) throw new ModelError(`'${file}' must be at most ${most} bytes long, is ${size}`);
  return readFile(file);
}
