import { serveAgent } from './serve-agent.ts';

// The agent: a session on a device, spoken to over this process's stdin and stdout by devices/agent. It stands here,
// not there, since it is a front end of the kernel's session; devices/ starts it by its path.
serveAgent(process.stdin, process.stdout);
