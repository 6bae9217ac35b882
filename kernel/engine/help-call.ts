import { UsageError } from '../../src/errors.ts';
import { loadMagics } from './load-magics.ts';
import { type MagicHost, unknownMagic } from './magic-call.ts';
import { display } from './show-value.ts';

/**
 * The `$help` that `name?` becomes: shows what a variable is, or how a magic is used (`%name?`, or a name that is
 * only a magic's).
 */
export function createHelpCall(host: MagicHost) {
  return async (name: string, value?: () => unknown): Promise<void> => {
    const found = value && currentValue(value);
    if (found && found.value !== undefined) {
      const { describeValue } = await import('../../magics/describe-value.ts');
      display(describeValue(name, found.value));
      return;
    }
    const magics = await loadMagics(host.magicsUrl);
    const plain = name.replace(/^%+/, '');
    const magic = magics.find((candidate) => candidate.name === plain);
    if (magic) {
      const { explain } = await import('../../magics/help.ts');
      display(explain(magic));
      return;
    }
    if (name.startsWith('%')) throw unknownMagic(plain, magics);
    throw new UsageError(found ? `'${name}' is undefined` : `There is no variable or magic named '${name}'`);
  };
}

/** Undefined if there is no variable of that name. */
function currentValue(value: () => unknown): { readonly value: unknown } | undefined {
  try {
    return { value: value() };
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}
