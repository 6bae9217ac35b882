import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { version } from '../../src/version.ts';
import { defaultRoot } from '../deploy/slots.ts';
import { httpService } from './http-service.ts';
import { listenOnLoopback } from './listen.ts';
import { ModelHost } from './model-host.ts';
import { RotatingLog } from './rotating-log.ts';
import { type ServiceState, serviceFolder } from './service-state.ts';

// The program on the device that serves what is deployed there, on its loopback. A shell script starts it anew when it ends.

/** So often, in ms, it looks whether another slot is to be served. */
const lookEvery = 250;

process.chdir(process.env.HOME || homedir());
const hosts = new Map<string, ModelHost>();
const log = new RotatingLog(join(serviceFolder, 'log', 'requests.jsonl'));

async function follow(): Promise<void> {
  const names = existsSync(defaultRoot)
    ? readdirSync(defaultRoot).filter((name) => existsSync(join(defaultRoot, name, 'current')))
    : [];
  for (const [name, host] of hosts)
    if (!names.includes(name)) {
      host.close();
      hosts.delete(name);
    }
  for (const name of names)
    if (!hosts.has(name)) hosts.set(name, new ModelHost(name, join(defaultRoot, name)));
  await Promise.all([...hosts.values()].map((host) => host.follow()));
}

const restartsFile = join(serviceFolder, 'restarts.log');
const restarts = existsSync(restartsFile) ? readFileSync(restartsFile, 'utf8').trim().split('\n').length : 0;

const state = (): ServiceState => ({
  ...{ pid: process.pid, version: version(), uptimeSeconds: process.uptime(), restarts },
  port: (server.address() as AddressInfo).port,
  memoryBytes: process.memoryUsage.rss(),
  models: [...hosts.values()].map((host) => host.state()),
});

await follow();
const server = httpService({
  host: (name) => hosts.get(name),
  names: () => [...hosts.keys()],
  follow,
  state,
  log,
});
await listenOnLoopback(server, join(serviceFolder, 'port'));
const timer = setInterval(() => void follow(), lookEvery);

/** Answers what has come, and ends. */
function leave(): void {
  clearInterval(timer);
  server.close(() => {
    log.close();
    process.exit(0);
  });
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 3000).unref();
}
process.on('SIGTERM', leave);
process.on('SIGINT', leave);
