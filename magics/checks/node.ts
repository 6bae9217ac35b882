import { type Check, fail, ok, warn } from './check.ts';

/** Developed on this one; older ones lack what the kernel needs, or lose variables when a cell is interrupted. */
const preferred = 24;

export const node: Check = {
  name: 'Node',
  run: () => judgeNode(process.versions.node),
};

export function judgeNode(version: string) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const remedy = `Install Node ${preferred} from nodejs.org, or run: npm install node@${preferred}`;
  if (major < 22 || (major === 22 && minor < 13)) return fail(`${version} is too old`, remedy);
  if (major < preferred) return warn(`${version}: an interrupt may cost the variables`, remedy);
  return ok(version);
}
