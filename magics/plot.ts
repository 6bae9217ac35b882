import { local } from '../devices/local.ts';
import { UsageError } from '../src/errors.ts';
import { paretoOf } from '../src/ledger/index.ts';
import { Figure, histogramFigure } from '../src/plot/index.ts';
import { modelWeights } from '../src/quantize/index.ts';
import type { Displayable } from '../src/report.ts';
import { modelSummary } from '../src/summary/index.ts';
import type { Context, Magic, ParsedLine } from './magic.ts';
import { openPage } from './open-page.ts';
import { variantOf } from './resolve.ts';

type Plot = (names: readonly string[], context: Context, flags: ParsedLine['flags']) => Promise<Displayable>;

/** Every kind of plot, by name. */
const plots: Readonly<Record<string, Plot>> = {
  async pareto(names, context, flags) {
    const ledger = await context.ledger();
    const variants = await Promise.all(names.map((name) => variantOf(name, context)));
    const devices = flags.on === undefined || flags.on === 'all' ? undefined : String(flags.on).split(',');
    const plot = paretoOf(ledger, variants.length ? variants : ledger.sessionVariants(), {
      ...(devices && { devices: devices.map((device) => device.trim()) }),
      ...(flags.against !== undefined && { against: String(flags.against) }),
    });
    context.selectable?.(plot);
    return plot;
  },

  async curve(names, context) {
    const variant = await variantOf(only(names, 'curve'), context);
    const [curve] = variant.step === 'train' ? (variant.report?.charts ?? []) : [];
    if (curve) return curve;
    throw new UsageError(
      `%plot curve needs a model that %train made in this session, '${variant.name}' is of step '${variant.step}'` +
        `${variant.step === 'train' ? ' of an earlier one' : ''}`,
    );
  },

  async layers(names, context) {
    const variant = await variantOf(only(names, 'layers'), context);
    return modelSummary(variant.model, { name: variant.name }).charts[0]!;
  },

  async weights(names, context) {
    const variant = await variantOf(only(names, 'weights'), context);
    const weights = modelWeights(variant.model);
    if (weights.length === 0) throw new UsageError(`'${variant.name}' has no weights to plot`);
    const dtypes = new Set(weights.map(({ dtype }) => dtype)).difference(new Set(['float32']));
    return histogramFigure(
      weights.flatMap(({ values }) => [...values]),
      {
        title: `Weights of ${variant.name}${dtypes.size > 0 ? ` (${[...dtypes].join(', ')})` : ''}`,
        value: { title: 'Weight' },
      },
    );
  },
};

export const plot: Magic<Displayable> = {
  name: 'plot',
  summary: 'Plot variants against each other, or one from inside',
  positionals: [
    { name: 'kind', summary: Object.keys(plots).join(', '), required: true, choices: Object.keys(plots) },
    {
      name: 'models',
      summary: 'models; pareto takes all of this session by default',
      rest: true,
      completes: 'model',
    },
  ],
  flags: [
    {
      name: 'on',
      kind: 'string',
      summary:
        'of pareto: devices whose measurements are drawn, with commas between; default: all that have some',
      choices: ['all', local],
    },
    {
      name: 'against',
      kind: 'string',
      summary:
        'of pareto: what accuracy is set against: latency (the default), size, macs, params, memory, latencyP95, ...',
    },
    {
      name: 'embed',
      kind: 'switch',
      summary: 'put plotly.js (1.2 MB) into the notebook: all its plots are interactive, also offline',
    },
    {
      name: 'open',
      kind: 'switch',
      summary: 'write the plot as a page, and open it in a browser where there is one',
    },
  ],
  examples: [
    '%plot pareto',
    '%plot pareto --on all --against size',
    '%plot curve cnn',
    '%plot layers cnn',
    '%plot weights cnn',
    '%plot pareto --embed',
  ],
  result: 'ParetoPlot',
  async run({ positionals: [kind = '', ...names], flags }, context) {
    const draw = Object.hasOwn(plots, kind) ? plots[kind] : undefined;
    if (!draw) throw UsageError.unknown('plot', kind, Object.keys(plots));
    const foreign = ['on', 'against'].find((name) => kind !== 'pareto' && flags[name] !== undefined);
    if (foreign)
      throw new UsageError(`%plot ${kind} does not take --${foreign}, which is for pareto: leave it out`);
    const plot = await draw(names, context, flags);
    if ((flags.embed || flags.open) && plot instanceof Figure) plot.embedsLibrary = true;
    if (flags.open) return openPage(plot, { cwd: context.cwd, name: [kind, ...names].join('-') });
    return plot;
  },
};

function only(names: readonly string[], kind: string): string {
  const [name] = names;
  if (name && names.length === 1) return name;
  throw new UsageError(`%plot ${kind} needs one model, got ${names.length}: for example %plot ${kind} cnn`);
}
