/** Runs all contestants on one model, timed and untimed, and scores what they made. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  contest,
  type Measured,
  peerSettings,
  peers,
  type Said,
  type Tool,
} from './quantization-contestants.ts';
import { type Outputs, outputsOf, type Score, scoreOf } from './quantization-evaluate.ts';
import type { Layers } from './quantization-kernels.ts';
import type { PreparedModel } from './quantization-models.ts';
import { settings } from './quantization-ours.ts';
import { judgedFile } from './quantization-scores.ts';

/** One setting of one contestant on one model. */
export interface Entry extends Said {
  readonly tool: Tool;
  /** Undefined where it failed; `error` says why. */
  readonly score?: Score;
  readonly bytes?: number;
  readonly layers?: Layers;
  readonly timed?: Timed;
}

/** Medians over processes of their own. */
export interface Timed {
  /** The first call, the modules being loaded. */
  readonly call: Measured;
  /** The second call in the same process. */
  readonly warm: Measured;
  readonly basePeak: number;
  /** Of ours. */
  readonly report?: Measured;
  /** Wall seconds of the process, less the second call and the report. */
  readonly total: number;
  readonly runs: number;
}

export interface Comparison {
  readonly prepared: PreparedModel;
  readonly float: Score;
  readonly floatBytes: number;
  readonly samples: number;
  readonly entries: readonly Entry[];
}

/** Processes of each setting that is timed: our first and our default, `quantize_static`'s plain and its best one. */
const timedRuns = 3;

export interface CompareOptions {
  readonly folder: string;
  readonly isTimed: boolean;
  /** Files of the others that are newer than the float model are judged as they are. Default false: made again. */
  readonly isReused?: boolean;
}

/** Every setting of everybody; times for our first, the others' plain ones and onnxruntime's best. */
export async function compare(
  prepared: PreparedModel,
  { folder, isTimed, isReused = false }: CompareOptions,
): Promise<Comparison> {
  const place = join(folder, prepared.name);
  mkdirSync(place, { recursive: true });
  const float = await outputsOf(prepared.float, prepared);
  const at = { prepared, float, folder: place, isReused };
  const names = settings.map(({ name }) => name);
  const ours = await tried(at, 'edgebook', names);
  const others: Entry[] = [];
  if (!peers.missing) {
    const wanted = peerSettings(prepared.name);
    others.push(...(await tried(at, 'onnxruntime', wanted.onnxruntime)));
    others.push(...(await tried(at, 'nncf', wanted.nncf)));
  }
  return {
    prepared,
    float: scoreOf(float, float, prepared),
    floatBytes: statSync(prepared.float).size,
    samples: float.rows.length / float.width,
    entries: isTimed ? await timed(at, [...ours, ...others]) : [...ours, ...others],
  };
}

interface Place {
  readonly prepared: PreparedModel;
  readonly float: Outputs;
  readonly folder: string;
  readonly isReused?: boolean;
}

async function tried(place: Place, tool: Tool, names: readonly string[]): Promise<Entry[]> {
  const { prepared, float, folder, isReused } = place;
  const reused = isReused && tool !== 'edgebook' ? names.map((name) => madeBefore(place, tool, name)) : [];
  // One without a file failed then: it would again.
  const missing = reused.some(({ file }) => file) ? [] : names;
  const job = { tool, float: prepared.float, calibration: prepared.calibration, folder };
  const { said } =
    missing.length > 0 ? await contest({ ...job, settings: missing, repeat: 1 }) : { said: [] };
  const entries: Entry[] = [];
  for (const one of missing.length > 0 ? said : reused)
    entries.push({ ...one, tool, ...(one.file && (await judged(one.file))) });
  return entries;

  async function judged(file: string): Promise<Partial<Entry>> {
    try {
      return await judgedFile(file, { prepared, float, folder });
    } catch (error) {
      return { error: `does not run: ${(error as Error).message}` };
    }
  }
}

/** What a setting left in an earlier run, if it did so after the float model was made. */
function madeBefore({ prepared, folder }: Place, tool: Tool, setting: string): Said {
  const file = join(folder, `${tool}-${setting.replaceAll('/', '-')}.onnx`);
  const said = { setting, version: 'of an earlier run', imports: 0, basePeak: 0 };
  const isThere = existsSync(file) && statSync(file).mtimeMs >= statSync(prepared.float).mtimeMs;
  return isThere ? { ...said, file } : { ...said, error: 'left no file in an earlier run' };
}

/** The better entry by what its kind is judged by. */
export function better(a: Entry, b: Entry, { kind }: PreparedModel): Entry {
  if (!a.score || !b.score) return a.score ? a : b;
  if (kind !== 'classification' || a.score.metric === b.score.metric)
    return a.score.sqnr >= b.score.sqnr ? a : b;
  return a.score.metric > b.score.metric ? a : b;
}

/** The best setting of a tool. */
export const bestOf = (entries: readonly Entry[], tool: Tool, prepared: PreparedModel): Entry | undefined =>
  entries
    .filter((entry) => entry.tool === tool && entry.score)
    .reduce<Entry | undefined>((best, entry) => (best ? better(best, entry, prepared) : entry), undefined);

/** What a tool does when nothing is asked for: its first entry. */
export const plainOf = (entries: readonly Entry[], tool: Tool): Entry | undefined =>
  entries.find((entry) => entry.tool === tool);

/** Ours without options. */
export const defaultOf = (entries: readonly Entry[]): Entry | undefined =>
  entries.find(({ tool, setting }) => tool === 'edgebook' && setting === 'default');

/** Adds times: in turn, so that others' work on the machine meets all alike. NNCF's, which no claim is about, once. */
async function timed({ prepared, folder }: Place, entries: readonly Entry[]): Promise<Entry[]> {
  const wanted = [
    plainOf(entries, 'edgebook'),
    defaultOf(entries),
    plainOf(entries, 'onnxruntime'),
    bestOf(entries, 'onnxruntime', prepared),
    plainOf(entries, 'nncf'),
  ].filter((entry) => entry?.score !== undefined) as Entry[];
  const runs = new Map(wanted.map((entry) => [entry, [] as { said: Said; total: number }[]]));
  for (let run = 0; run < timedRuns; run++)
    for (const [entry, list] of runs) {
      if (run > 0 && entry.tool === 'nncf') continue;
      const job = { tool: entry.tool, float: prepared.float, calibration: prepared.calibration, folder };
      const { said, total } = await contest({ ...job, settings: [entry.setting], repeat: 2 });
      list.push({ said: said[0]!, total });
    }
  return entries.map((entry) => ({ ...entry, ...(runs.has(entry) && { timed: medians(runs.get(entry)!) }) }));
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!;

function medians(runs: readonly { said: Said; total: number }[]): Timed {
  const middle = (pick: (said: Said) => Measured): Measured => ({
    seconds: median(runs.map(({ said }) => pick(said).seconds)),
    processor: median(runs.map(({ said }) => pick(said).processor)),
    peak: median(runs.map(({ said }) => pick(said).peak)),
  });
  const [call, warm] = [0, 1].map((n) => middle(({ calls }) => calls![n]!));
  return {
    ...{ call: call!, warm: warm!, runs: runs.length },
    ...(runs[0]!.said.report && { report: middle(({ report }) => report!) }),
    basePeak: median(runs.map(({ said }) => said.basePeak)),
    total: median(
      runs.map(({ said, total }) => total - said.calls![1]!.seconds - (said.report?.seconds ?? 0)),
    ),
  };
}
