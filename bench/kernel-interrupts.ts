import { fileURLToPath } from 'node:url';
import { endlessPrograms, helpers } from '../test/kernel/engine/endless-programs.ts';
import { KernelClient, outputs } from '../test/kernel/jupyter/client.ts';

// How long each endless program goes on after an interrupt, from the request to the cell's reply and idle.
// Usage: node bench/kernel-interrupts.ts, after a build.
const rounds = 5;
const cli = fileURLToPath(new URL('../dist/kernel/cli.js', import.meta.url));
const client = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
await client.ready();
await client.request('execute_request', { code: helpers });

const table = [];
for (const [program, code] of endlessPrograms) {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await measure(code));
  const kept = outputs(await client.request('execute_request', { code: 'kept' }))[0]?.content.data;
  times.sort((a, b) => a - b);
  table.push({
    program,
    'median, ms': Math.round(times[Math.floor(rounds / 2)]!),
    'worst, ms': Math.round(times.at(-1)!),
    kept,
  });
}
const blocked = await measure("require('node:child_process').execSync('sleep 4')");
console.table(
  table.map(({ kept, ...row }) => ({
    ...row,
    'variables kept': (kept as Record<string, string> | undefined)?.['text/plain'] === '42',
  })),
);
console.log(`execSync('sleep 4'): ${Math.round(blocked)} ms`);
await client.stop();

async function measure(code: string): Promise<number> {
  const running = client.request('execute_request', { code });
  await new Promise((resolve) => setTimeout(resolve, 150));
  const began = performance.now();
  await client.request('interrupt_request', {}, 'control');
  await running;
  return performance.now() - began;
}
