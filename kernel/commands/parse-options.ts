import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from '../../src/errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** `util.parseArgs` whose mistakes are UsageErrors. */
export function parseOptions<T extends Options>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}
