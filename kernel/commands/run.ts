import { UsageError } from '../../src/errors.ts';
import { runNotebook } from '../run-notebook.ts';
import { interruptSignal } from './interrupt-signal.ts';
import { parseOptions } from './parse-options.ts';

/** `edgebook run NOTEBOOK [-o OUT] [--html PAGE]`; exit code 1 if a cell failed, 130 after Ctrl-C. */
export async function runCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    out: { type: 'string', short: 'o' },
    html: { type: 'string' },
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0)
    throw new UsageError('Usage: edgebook run NOTEBOOK [-o OUT] [--html PAGE]');
  const signal = interruptSignal();
  const { notebook, ok } = await runNotebook(path, {
    ...(values.out !== undefined && { out: values.out }),
    signal,
  });
  if (values.html !== undefined) {
    const { exportHtml } = await import('../html/export-html.ts');
    await exportHtml(notebook, values.html);
    process.stdout.write(`Page: ${values.html}\n`);
  }
  if (signal.aborted) return 130;
  return ok ? 0 : 1;
}
