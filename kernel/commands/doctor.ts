import { diagnose, diagnosisLine } from '../../magics/checks/index.ts';
import { UsageError } from '../../src/errors.ts';
import { version } from '../../src/version.ts';

/** `edgebook doctor`: one line for each check; exit code 1 if something is broken. */
export async function doctorCommand(args: string[]): Promise<number> {
  if (args.length > 0) throw new UsageError('Usage: edgebook doctor');
  process.stdout.write(`Edgebook ${version()}\n`);
  const found = await diagnose({ env: process.env, cwd: process.cwd() });
  for (const diagnosis of found) process.stdout.write(`${diagnosisLine(diagnosis)}\n`);
  return found.some(({ level }) => level === 'fail') ? 1 : 0;
}
