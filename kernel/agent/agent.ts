import { benchArgument } from '../../devices/bench/protocol.ts';

// The agent: a session on a device, spoken to over this process's stdin and stdout by devices/agent. It stands here,
// not there, since it is a front end of the kernel's session; devices/ starts it by its path. To measure, it loads no
// session: what measures should hold little.
if (process.argv[2] === benchArgument) {
  const { serveBench } = await import('../../devices/bench/serve-bench.ts');
  await serveBench(process.stdin, process.stdout);
} else {
  const { serveAgent } = await import('./serve-agent.ts');
  serveAgent(process.stdin, process.stdout);
}
