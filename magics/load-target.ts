import { UsageError } from '../src/errors.ts';
import type { Variant } from '../src/ledger/index.ts';
import { architecture, architectures } from '../src/zoo/index.ts';
import type { Context, Flag, ParsedLine } from './magic.ts';
import { findVariant, variantOf } from './resolve.ts';

/** What a network of the zoo needs to be made, since weights alone do not say it. */
export const targetFlags: readonly Flag[] = [
  {
    name: 'sample',
    kind: 'string',
    summary: 'with --into of a network of the zoo: shape of a sample, 3x32x32',
  },
  { name: 'classes', kind: 'number', integer: true, min: 1, summary: 'with --into of a network of the zoo' },
  { name: 'width', kind: 'number', summary: 'with --into of a network of the zoo: factor of its channels' },
];

/** The model that weights go into: one that is known, else a fresh network of the zoo. Throws UsageError. */
export async function loadTarget(name: string, { flags }: ParsedLine, context: Context): Promise<Variant> {
  const ledger = await context.ledger();
  const isKnown = context.variables.get(name) !== undefined || findVariant(ledger, name) !== undefined;
  if (isKnown || !Object.hasOwn(architectures, name))
    return variantOf(name, context, Object.keys(architectures));
  const { sample, classes, width } = flags;
  const isClassifier = architectures[name]!.target !== 'input';
  if (typeof sample !== 'string' || (isClassifier && typeof classes !== 'number'))
    throw new UsageError(
      `'${name}' is a network of the zoo: say what it takes${isClassifier ? ' and tells apart' : ''}, for example --sample 3x32x32${isClassifier ? ' --classes 10' : ''}`,
    );
  const model = architecture(name, {
    sample: shapeOf(sample),
    classes: (classes as number | undefined) ?? 1,
    ...(typeof width === 'number' && { width }),
  });
  return ledger.add({ name, model, step: 'define', options: { architecture: name } });
}

function shapeOf(text: string): number[] {
  const sizes = text.split('x').map(Number);
  if (sizes.every((size) => Number.isInteger(size) && size > 0)) return sizes;
  throw new UsageError(`--sample must be sizes with x between, as 3x32x32, was '${text}'`);
}
