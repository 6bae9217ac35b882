import { type Model, product, type Tensor, type Value } from '../ir/index.ts';
import { writeModel } from '../onnx/index.ts';
import { type Feeds, InferenceSession, isBusyMachine } from '../runtime/index.ts';
import { exposeValues } from './expose.ts';
import { withFedShapes } from './fed-shapes.ts';

/** How many bytes of values a run may give: more come from several runs, each up to the last value that it is for. */
const defaultBytes = 128 * 2 ** 20;

/** Runs a model and gives values whole, a group after the other, so that memory stays bounded in deep networks. */
export class ValueSession {
  readonly groups: readonly (readonly string[])[];
  readonly #sessions: readonly InferenceSession[];

  private constructor(groups: readonly (readonly string[])[], sessions: readonly InferenceSession[]) {
    this.groups = groups;
    this.#sessions = sessions;
  }

  /** `feeds` tell how large the values will be. */
  static async create(
    model: Model,
    names: readonly string[],
    { feeds, bytes = defaultBytes }: { readonly feeds: Feeds; readonly bytes?: number },
  ): Promise<ValueSession> {
    const groups = groupsOf(sizesOf(model, names, feeds), bytes);
    const sessions: InferenceSession[] = [];
    for (const group of groups) {
      const exposed = exposeValues(model, group);
      const wanted = new Set(group);
      const { outputs } = exposed.graph;
      const kept = outputs.filter(({ name }) => wanted.has(name));
      // A group of nothing but inputs still needs a model that onnxruntime can run.
      if (kept.length > 0) outputs.splice(0, outputs.length, ...kept);
      const settings = { memoryPattern: false, spinning: !isBusyMachine() };
      sessions.push(await InferenceSession.create(writeModel(exposed), settings));
    }
    return new ValueSession(groups, sessions);
  }

  /** Calls `take` with every value of the batch; a group's values go before the next one runs. */
  async run(feeds: Feeds, take: (name: string, value: Tensor) => void): Promise<void> {
    for (const [i, group] of this.groups.entries()) {
      const results = await this.#sessions[i]!.run(feeds);
      for (const name of group) take(name, results[name] ?? feeds[name]!);
    }
  }

  async release(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.release()));
  }
}

/** Bytes of each value in graph order, as far as shapes can be told. */
function sizesOf(model: Model, names: readonly string[], feeds: Feeds): Map<string, number | undefined> {
  const shapes = new Map(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
  const graph = withFedShapes(model, shapes);
  const wanted = new Set(names);
  const bytes = ({ shape }: Value) =>
    shape?.every((dim) => typeof dim === 'number') ? 4 * product(shape as number[]) : undefined;
  return new Map(
    [...graph.values()].filter(({ name }) => wanted.has(name)).map((value) => [value.name, bytes(value)]),
  );
}

/** Neighbours together, at most `bytes` at once where each has less; a value of unknown size has a group of its own. */
function groupsOf(sizes: ReadonlyMap<string, number | undefined>, bytes: number): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const [name, size = bytes] of sizes) {
    if (groups.length === 0 || size > room) {
      groups.push([]);
      room = bytes;
    }
    groups.at(-1)!.push(name);
    room -= size;
  }
  return groups;
}
