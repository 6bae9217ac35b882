/**
 * What a device costs: `%%on` of `1+1` over ssh to a loopback device beside a device of this machine, and pushing 100 MB
 * beside scp on the same link. `npm run bench:devices`; needs openssh-server. Prints medians, and fails beyond the bounds.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentClient } from '../devices/agent/agent-client.ts';
import { packValue } from '../devices/agent/values.ts';
import { installAgent } from '../devices/bootstrap/install.ts';
import { ownAgentProgram } from '../devices/bootstrap/parts.ts';
import type { Transport } from '../devices/device.ts';
import { LocalTransport } from '../devices/local-transport.ts';
import { SshTransport } from '../devices/ssh/ssh.ts';
import { sshdProgram, startSshd } from '../test/live-devices/rig/sshd.ts';

if (sshdProgram.missing) throw new Error(sshdProgram.missing);

const cellRuns = 200;
const pushRuns = 7;
const bounds = { cell: 2.5, push: 0.6 };

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function timed(work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

const cell = (agent: AgentClient): Promise<number> =>
  timed(() => agent.execute('1+1', { count: 1, onOutput: () => {} }));

/** Turn by turn, so that other work on the machine meets both alike. */
async function alternate(runs: number, works: readonly (() => Promise<number>)[]): Promise<number[]> {
  const times = works.map((): number[] => []);
  for (let i = 0; i < runs; i++) for (const [k, work] of works.entries()) times[k]!.push(await work());
  return times.map(median);
}

async function cells(local: AgentClient, ssh: AgentClient): Promise<boolean> {
  await alternate(20, [() => cell(local), () => cell(ssh)]);
  const [here = 0, there = 0] = await alternate(cellRuns, [() => cell(local), () => cell(ssh)]);
  const ratio = there / here;
  console.log(
    `%%on 1+1, median of ${cellRuns}: local ${here.toFixed(2)} ms, ssh ${there.toFixed(2)} ms, ratio ${ratio.toFixed(2)} (bound ${bounds.cell})`,
  );
  return ratio <= bounds.cell;
}

async function pushes(ssh: AgentClient, folder: string, scp: readonly string[]): Promise<boolean> {
  const value = new Float32Array(25e6).map((_, i) => Math.fround(Math.sin(i)));
  const file = join(folder, 'tensor');
  writeFileSync(file, value);
  const push = () => timed(() => ssh.push('tensor', packValue(value, 'tensor').bytes));
  const copy = () => timed(() => execFileSync('scp', ['-q', ...scp.slice(0, -1), file, scp.at(-1)!]));
  const [pushed = 0, copied = 0] = await alternate(pushRuns, [push, copy]);
  const ratio = copied / pushed;
  const speed = (ms: number) => `${(100 / (ms / 1000)).toFixed(0)} MB/s`;
  console.log(
    `push of 100 MB, median of ${pushRuns}: ${speed(pushed)}, scp ${speed(copied)}, ratio ${ratio.toFixed(2)} (bound ${bounds.push})`,
  );
  return ratio >= bounds.push;
}

async function startAgent(transport: Transport, command: readonly string[]): Promise<AgentClient> {
  const begin = performance.now();
  const agent = await AgentClient.start(transport, command);
  console.log(`${transport.name}: agent started in ${(performance.now() - begin).toFixed(0)} ms`);
  return agent;
}

const rig = await startSshd();
const folder = mkdtempSync(join(tmpdir(), 'edgebook-bench-'));
const [near, far] = [
  new LocalTransport('local', folder),
  new SshTransport('ssh', { host: rig.host, port: rig.port, user: undefined }, rig.options),
];
try {
  console.log(
    `load ${loadavg()[0]!.toFixed(1)} of ${navigator.hardwareConcurrency} processors, Node ${process.version}`,
  );
  const setUp = await timed(() => installAgent(far, { onNote: (text) => console.log(text) }));
  console.log(`bare loopback device set up in ${(setUp / 1000).toFixed(1)} s`);
  const local = await startAgent(near, [process.execPath, ownAgentProgram()]);
  const ssh = await startAgent(far, await installAgent(far));
  const target = ['-P', String(rig.port), ...rig.options, `${rig.host}:${join(rig.home, 'copied')}`];
  const good = [await cells(local, ssh), await pushes(ssh, folder, target)];
  await Promise.all([local.close(), ssh.close()]);
  process.exitCode = good.every(Boolean) ? 0 : 1;
} finally {
  await Promise.all([near.close(), far.close()]);
  rig.close();
  rmSync(folder, { recursive: true, force: true });
}
