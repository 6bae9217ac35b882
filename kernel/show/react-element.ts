import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UsageError } from '../../src/errors.ts';
import type { MimeBundle } from '../../src/report.ts';
import { limit } from './inspect-value.ts';

interface ReactServer {
  renderToStaticMarkup(element: object): string;
}

/** A React element as HTML, made by the `react-dom` of the notebook's folder. Throws UsageError without one. */
export function render(element: object): MimeBundle {
  const html = loadReactServer().renderToStaticMarkup(element);
  return { 'text/html': html, 'text/plain': limit(html) };
}

function loadReactServer(): ReactServer {
  const load = createRequire(join(process.cwd(), 'cell.ts'));
  try {
    return load('react-dom/server') as ReactServer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new UsageError(
      'A React element needs the package react-dom, which is not installed in the folder of the notebook. Run: %install react react-dom',
      { cause: error },
    );
  }
}
