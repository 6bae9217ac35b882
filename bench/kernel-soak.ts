import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KernelClient, outputs } from '../test/kernel/jupyter/client.ts';

// Memory of the kernel and its runtime child over many cells, and one cell that prints many lines.
// Usage: node bench/kernel-soak.ts [CELLS], after a build, on Linux.
const cells = Number(process.argv[2] ?? 10_000);
const lines = 100_000;

const cli = fileURLToPath(new URL('../dist/kernel/cli.js', import.meta.url));
const client = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
await client.ready();
const child = Number(text(outputs(await execute('process.pid'))[0]?.content));

const table = [memory('idle')];
const began = performance.now();
for (let i = 1; i <= cells; i++) {
  await execute(`const v${i % 50}: number = ${i}; console.log('cell', v${i % 50}); ({ value: v${i % 50} })`);
  if (i === 100 || i === 1000 || i % 2500 === 0) table.push(memory(`${i} cells`));
}
const perCell = (performance.now() - began) / cells;
const flood = performance.now();
const printed = outputs(await execute(`for (let i = 0; i < ${lines}; i++) console.log(i)`));
const whole = printed.map(({ content }) => content.text).join('') === expected();
const seconds = ((performance.now() - flood) / 1000).toFixed(1);
table.push(memory(`${lines} lines`));
console.table(table);
console.log(
  `${perCell.toFixed(2)} ms a cell. ${lines} lines: ${whole ? 'whole and in order' : 'DAMAGED'}, ${printed.length} messages, ${seconds} s`,
);
await client.stop();

function execute(code: string) {
  return client.request('execute_request', { code });
}

function text(content: Record<string, unknown> | undefined): string {
  return (content!.data as Record<string, string>)['text/plain']!;
}

function expected(): string {
  return Array.from({ length: lines }, (_, i) => `${i}\n`).join('');
}

function memory(when: string): Record<string, unknown> {
  return { when, 'kernel, MB': rss(client.process.pid!), 'child, MB': rss(child) };
}

/** Resident memory of a process, in MB. */
function rss(pid: number): number {
  const [, kilobytes] = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Math.round(Number(kilobytes) / 1024);
}
