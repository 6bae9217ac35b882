import { dirname, extname, posix } from 'node:path';

/** The command of another of our programs on a device, from that of the agent: they lie in the same folder there. */
export function besideAgent(agent: readonly string[], program: string): string[] {
  const path = agent.at(-1)!;
  const app = dirname(dirname(dirname(path)));
  return [...agent.slice(0, -1), posix.join(app, `${program}${extname(path)}`)];
}
