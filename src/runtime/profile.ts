import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Feeds, InferenceSession } from './session.ts';

/** Time that one node of the optimized graph took. */
export interface NodeTime {
  /** As onnxruntime calls it: a fused node has the name of one that is in it, or of its output, and more. */
  readonly name: string;
  readonly op: string;
  /** Median over runs. */
  readonly microseconds: number;
}

/** Times the nodes of a model, ONNX bytes, with these inputs: on this machine, or on a device. */
export type Profiler = (model: Uint8Array, feeds: Feeds) => Promise<readonly NodeTime[]>;

/** Runs a model `runs` times by onnxruntime's profiler and gives the time of each node. Profiling itself costs a few microseconds a node. */
export async function profileNodes(
  model: Uint8Array,
  feeds: Feeds,
  { runs = 30 }: { readonly runs?: number } = {},
): Promise<NodeTime[]> {
  const folder = await mkdtemp(join(tmpdir(), 'edgebook-profile-'));
  try {
    const session = await InferenceSession.create(model, { profilePrefix: join(folder, 'run') });
    try {
      for (let i = 0; i < runs; i++) await session.run(feeds);
      session.endProfiling();
    } finally {
      await session.release();
    }
    const [file] = await readdir(folder);
    return timesOf(JSON.parse(await readFile(join(folder, file!), 'utf8')) as Event[]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** An event of Chrome's trace format. */
interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

const suffix = '_kernel_time';

function timesOf(events: readonly Event[]): NodeTime[] {
  const byName = Map.groupBy(
    events.filter(({ cat, name }) => cat === 'Node' && name.endsWith(suffix)),
    ({ name }) => name.slice(0, -suffix.length),
  );
  return [...byName].map(([name, list]) => ({
    name,
    op: list[0]!.args?.op_name ?? '',
    microseconds: list.map(({ dur }) => dur).sort((a, b) => a - b)[list.length >> 1]!,
  }));
}
