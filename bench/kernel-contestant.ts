import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { KernelClient } from '../test/kernel/jupyter/client.ts';

/** What is measured of a kernel; times in ms, memory in MiB. */
export type Figure =
  | 'start'
  | 'first'
  | 'startAndFirst'
  | 'firstTyped'
  | 'trip'
  | 'complete'
  | 'inspect'
  | 'memory'
  | 'memoryWarm';

export interface Contestant {
  readonly name: string;
  readonly argv: readonly string[];
  /** The same few things in the kernel's own language. */
  readonly code: {
    /** Declares what `member` and `symbol` ask about. */
    readonly setUp: string;
    readonly firstTyped: string;
    /** Completed at its end. */
    readonly member: string;
    readonly symbol: string;
  };
  readonly figures: Record<Figure, number[]>;
}

export interface Counts {
  readonly trips: number;
  readonly warmUp: number;
  readonly questions: number;
}

export function contestant(name: string, argv: readonly string[], code: Contestant['code']): Contestant {
  const figures = {
    start: [],
    first: [],
    startAndFirst: [],
    firstTyped: [],
    trip: [],
    complete: [],
    inspect: [],
    memory: [],
    memoryWarm: [],
  };
  return { name, argv, code, figures };
}

/** One kernel from its start to its end: its times and its memory are added to the contestant's. */
export async function measureKernel(one: Contestant, counts: Counts): Promise<void> {
  const { figures, code } = one;
  const client = await start(one);
  const first = await trip(client, '1+1');
  figures.first.push(first);
  figures.startAndFirst.push(figures.start.at(-1)! + first);
  for (let i = 0; i < counts.warmUp; i++) await trip(client, '1+1');
  for (let i = 0; i < counts.trips; i++) figures.trip.push(await trip(client, '1+1'));
  figures.memory.push(await idleMemory(client));
  await trip(client, code.setUp);
  await askForHelp(client, one, counts);
  figures.memoryWarm.push(await idleMemory(client));
  await client.stop();
  const second = await start(one);
  figures.firstTyped.push(await trip(second, code.firstTyped));
  await second.stop();
}

async function start({ argv, figures }: Contestant): Promise<KernelClient> {
  const began = performance.now();
  const client = await KernelClient.start(argv);
  await client.ready();
  figures.start.push(performance.now() - began);
  return client;
}

async function askForHelp(
  client: KernelClient,
  { code, figures }: Contestant,
  { warmUp, questions }: Counts,
): Promise<void> {
  const complete = { code: code.member, cursor_pos: code.member.length };
  const inspect = { code: code.symbol, cursor_pos: code.symbol.length, detail_level: 0 };
  for (let i = -warmUp; i < questions; i++) {
    const asked = [
      ['complete', await time(client, 'complete_request', complete)],
      ['inspect', await time(client, 'inspect_request', inspect)],
    ] as const;
    if (i >= 0) for (const [figure, taken] of asked) figures[figure].push(taken);
  }
}

/** From sending a cell to having its reply, result and `idle`, in ms. */
const trip = (client: KernelClient, code: string): Promise<number> =>
  time(client, 'execute_request', { code });

async function time(client: KernelClient, type: string, content: Record<string, unknown>): Promise<number> {
  const began = performance.now();
  const { reply } = await client.request(type, content);
  const taken = performance.now() - began;
  if (reply.content.status !== 'ok')
    throw new Error(`${type} failed: ${JSON.stringify(reply.content)}\n${client.stderr}`);
  return taken;
}

/** What the kernel and the processes below it hold in memory after a second of rest, in MiB. */
async function idleMemory(client: KernelClient): Promise<number> {
  await sleep(1000);
  return residentSize(client.process.pid!) / 2 ** 20;
}

function residentSize(pid: number): number {
  const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return Number(pages) * 4096 + childrenOf(pid).reduce((sum, child) => sum + residentSize(child), 0);
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}
