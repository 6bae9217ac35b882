import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { KernelClient, outputs } from './client.ts';

const cli = fileURLToPath(new URL('../../../kernel/cli.ts', import.meta.url));

async function childPid(client: KernelClient): Promise<number> {
  const exchange = await client.request('execute_request', { code: 'process.pid' });
  return Number((outputs(exchange)[0]!.content.data as Record<string, string>)['text/plain']);
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a kernel ends when its parent is gone, and its runtime child with it', async () => {
  const parent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
  const env = ['env', `JPY_PARENT_PID=${parent.pid}`];
  const client = await KernelClient.start([...env, process.execPath, cli, 'kernel', '{connection_file}']);
  await client.ready();
  const child = await childPid(client);
  const exit = once(client.process, 'exit');
  parent.kill('SIGKILL');
  await exit;
  await expect.poll(() => isAlive(child)).toBe(false);
  await client.stop();
});

test('a runtime child ends when its kernel is killed, even in a loop', async () => {
  const client = await KernelClient.start([process.execPath, cli, 'kernel', '{connection_file}']);
  await client.ready();
  const child = await childPid(client);
  void client.request('execute_request', { code: 'while (true) {}' });
  await client.stop();
  await expect.poll(() => isAlive(child), { timeout: 5000 }).toBe(false);
});
