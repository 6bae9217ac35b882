import { UsageError } from '../../src/errors.ts';
import { parseOptions } from './parse-options.ts';

/** `edgebook types [FOLDER]`: says which files it has written. */
export async function typesCommand(args: string[]): Promise<number> {
  const { positionals } = parseOptions(args, {});
  const [folder = '.', ...more] = positionals;
  if (more.length > 0) throw new UsageError('Usage: edgebook types [FOLDER]');
  const { magics } = await import('../../magics/index.ts');
  const { writeEditorFiles } = await import('../types/editor-files.ts');
  for (const path of writeEditorFiles(folder, magics)) process.stdout.write(`Wrote ${path}\n`);
  return 0;
}
