import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isSupportedNode, minimumNode } from '../src/supported-node.ts';

/** Edgebook is developed on this one; Node 22's V8 may crash some time after an interrupt. */
const preferred = 24;

/**
 * On a Node older than the preferred one, runs this process's command again on the Node that the npm package
 * `node` brings, and sets its exit code. False if this Node is to go on. Throws if no suitable Node is there.
 */
export function runOnSuitableNode(): boolean {
  if (Number.parseInt(process.versions.node, 10) >= preferred) return false;
  const bundled = bundledNode();
  if (bundled) {
    const { status, signal } = spawnSync(bundled, process.argv.slice(1), { stdio: 'inherit' });
    process.exitCode = status ?? (signal ? 1 : 0);
    return true;
  }
  if (isSupportedNode(process.versions.node)) return false;
  throw new Error(
    `Edgebook needs Node ${minimumNode} or newer, this is ${process.versions.node}, and the npm package ` +
      `'node' is not installed beside Edgebook. Install Node ${preferred} from nodejs.org, or run: npm install node@${preferred}`,
  );
}

function bundledNode(): string | undefined {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}
