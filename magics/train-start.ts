import type { Dataset } from '../src/data/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Model } from '../src/ir/index.ts';
import { type Json, Variant } from '../src/ledger/index.ts';
import { fuseBatchNormalization } from '../src/passes/index.ts';
import { isRegression, replaceHead } from '../src/train/index.ts';
import { architecture, architectures } from '../src/zoo/index.ts';
import type { Context, ParsedLine } from './magic.ts';
import { findVariant, variantOf } from './resolve.ts';

/** What a training begins with. */
export interface StartingPoint {
  readonly model: Model;
  readonly parent?: Variant;
  /** What made or changed the model before training, for the ledger. */
  readonly made: Readonly<Record<string, Json>>;
}

/**
 * A built-in architecture with fresh weights, so that a cell gives the same when it is run again; with --continue, or
 * if a model of another origin has the name, that of the variable or of the ledger. Its head is replaced and its
 * normalizations are folded as the flags ask.
 */
export async function startingPoint(
  line: ParsedLine,
  { data, context }: { data: Dataset; context: Context },
): Promise<StartingPoint> {
  const { classes, 'fold-bn': fold, seed } = line.flags;
  const start = (await freshArchitecture(line, { data, context })) ?? (await knownModel(line, context));
  const isNew = !start.parent;
  const headed =
    typeof classes === 'number' && !isNew
      ? replaceHead(start.model, classes, { seed: seed as number })
      : start.model;
  return {
    ...start,
    model: fold ? fuseBatchNormalization(headed) : headed,
    made: {
      ...start.made,
      ...(typeof classes === 'number' && { classes }),
      ...(fold === true && { foldBatchNorm: true }),
    },
  };
}

async function freshArchitecture(
  { positionals: [name = ''], flags }: ParsedLine,
  { data, context }: { data: Dataset; context: Context },
): Promise<StartingPoint | undefined> {
  const known = context.variables.get(name);
  const builtIn = Object.hasOwn(architectures, name) && (known === undefined || isMadeFrom(name, known));
  if (builtIn && !flags.continue) {
    const { sampleShape: sample } = data;
    const classes = (flags.classes as number | undefined) ?? outputsFor(name, data);
    const width = flags.width as number | undefined;
    const model = architecture(name, { sample, classes, width, seed: flags.seed as number });
    return { model, made: { architecture: name, ...(width !== undefined && { width }) } };
  }
  if (builtIn && known === undefined && !findVariant(await context.ledger(), name))
    throw new UsageError(
      `%train ${name} --continue needs a trained '${name}', there is none: leave --continue out`,
    );
  return undefined;
}

/** Outputs that data ask for: one a class, or one a number to predict. */
function outputsFor(name: string, data: Dataset): number {
  const outputs = isRegression(data) ? data.targetShape.reduce((a, b) => a * b, 1) : data.classNames.length;
  if (outputs > 0 || architectures[name]?.target === 'input') return outputs;
  throw new UsageError(
    `%train ${name}: '${data.name}' has neither labels nor targets to learn. Choose labelled data, or train an autoencoder`,
  );
}

async function knownModel(
  { positionals: [name = ''], flags }: ParsedLine,
  context: Context,
): Promise<StartingPoint> {
  const parent = await variantOf(name, context, Object.keys(architectures));
  if (flags.width !== undefined)
    throw new UsageError(
      `%train: --width scales a built-in architecture that starts anew, '${name}' is a model with weights: leave --width out`,
    );
  return { model: parent.model, parent, made: {} };
}

const isMadeFrom = (name: string, value: unknown): boolean =>
  value instanceof Variant && architectureNameOf(value) === name;

/** The built-in architecture that a variant descends from: of a student its own, not its teacher's. */
export const architectureNameOf = (variant: Variant): string | undefined =>
  variant
    .lineage()
    .map(({ options }) => options.architecture)
    .findLast((name) => typeof name === 'string');
