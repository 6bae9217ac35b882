import { UsageError } from './errors.ts';
import { isSupportedNode, minimumNode } from './supported-node.ts';

// Runs when imported: the library's entry does so first, before a module that an old Node cannot run.
if (!isSupportedNode(process.versions.node)) {
  throw new UsageError(
    `The library 'edgebook' needs Node ${minimumNode} or newer, this is ${process.versions.node}: run it with ` +
      `'npx node', which is the Node that npm installed with it, or install a newer one from nodejs.org`,
  );
}
