import { optionsText } from '../recipe/index.ts';
import { type Column, type Displayable, Report, type Row } from '../report.ts';
import { isLatencyShare, subjectOf } from './budget.ts';
import { type Figures, figureOf, type Standing, wholeOf } from './figures.ts';
import { trialsFigure } from './optimize-figure.ts';
import { quantities } from './quantity.ts';
import type { Failure, Original } from './search.ts';
import { shown } from './shown.ts';
import type { StepFigures } from './step-figures.ts';
import { excesses, type Trial, titleOf } from './trial.ts';
import { intervalOf, isUncertain, type Verdict } from './verdict.ts';
import type { Probe } from './widths.ts';

/** All that a search found. */
export interface Findings {
  /** Of the model. */
  readonly name: string;
  readonly budget: readonly Standing['constraint'][];
  readonly original: Original;
  readonly trials: readonly Trial[];
  readonly probes: readonly Probe[];
  readonly failures: readonly Failure[];
  readonly best: Trial;
  /** The result after each of its steps. */
  readonly steps: readonly StepFigures[];
  /** Undefined after an interruption. */
  readonly verdict: Verdict | undefined;
  /** Data, split and number of samples. */
  readonly decidedOn: string | undefined;
  readonly heldOut: string | undefined;
}

/** Whether a budget is kept, by what, and how that was found: each limit, then each step, the picture and what was tried untrained. */
export class OptimizationReport extends Report {
  readonly isMet: boolean | undefined;

  constructor(findings: Findings) {
    const { best, verdict, original } = findings;
    const standings = verdict?.standings ?? best.standings;
    super({
      title: titleFor(findings),
      columns: [
        { key: 'limit', header: 'limit' },
        { key: 'original', header: 'original', align: 'right' },
        { key: 'result', header: 'result', align: 'right' },
        { key: 'from', header: 'from', align: 'right' },
        { key: 'to', header: 'to', align: 'right' },
        { key: 'kept', header: 'kept' },
      ],
      rows: standings.map((standing) => limitRow(standing, { verdict, best, original })),
      charts: partsOf(findings),
      warnings: warningsOf(findings, standings),
    });
    this.isMet = verdict?.isMet;
  }
}

function titleFor({ name, best, verdict, trials }: Findings): string {
  const what = titleOf(best.spec);
  if (!verdict) return `${name}: interrupted after ${trials.length} networks, the best so far is ${what}`;
  if (verdict.isMet) return `${name} keeps its budget: ${what}`;
  return `${name} does not keep its budget; the nearest is ${what}. What binds: ${binding(verdict.standings)}`;
}

/** `size 5.1 kB, limit 1.0 kB`. */
const binding = (standings: readonly Standing[]): string =>
  standings
    .filter(({ isMet }) => !isMet)
    .map(({ constraint, value, limit }) => {
      const { quantity } = constraint;
      return `${subjectOf(constraint)} ${shown(value, quantity)}, limit ${shown(limit, quantity)}`;
    })
    .join('; ');

function limitRow(
  standing: Standing,
  { verdict, best, original }: { verdict: Verdict | undefined; best: Trial; original: Original },
): Row {
  const { constraint, limit, isMet } = standing;
  const { quantity } = constraint;
  const interval = verdict && intervalOf(standing, verdict);
  const figures = verdict?.figures ?? best.figures;
  const isShare = constraint.relative ? ` (${shown(limit, quantity)})` : '';
  return {
    limit: `${constraint.text}${isShare}`,
    original: shown(wholeOf(constraint, figures, verdict?.original ?? original.figures), quantity),
    result: shown(figureOf(constraint, figures), quantity),
    from: interval && shown(interval.low, quantity),
    to: interval && shown(interval.high, quantity),
    kept: !verdict ? 'not tested' : isMet ? (isUncertain(standing, verdict) ? 'yes, barely' : 'yes') : 'no',
  };
}

function warningsOf(findings: Findings, standings: readonly Standing[]): string[] {
  const { verdict, decidedOn, heldOut, trials, best } = findings;
  const failed = findings.failures.map(
    ({ spec, reason }) => `Not to be made of it: ${titleOf(spec)}: ${reason}`,
  );
  if (!verdict)
    return [
      ...failed,
      `Interrupted: the result was judged by the samples that decide${decidedOn ? ` (${decidedOn})` : ''}, not by others, and nothing was measured again`,
    ];
  const unsure = standings.filter((standing) => isUncertain(standing, verdict));
  const wasKept = trials.includes(best) && best.standings.every(({ isMet }) => isMet);
  return [
    ...failed,
    ...unsure.map(
      (standing) =>
        `${subjectOf(standing.constraint)} keeps its limit as measured, but its interval reaches beyond it: other samples or another time may tell otherwise`,
    ),
    ...(wasKept && !verdict.isMet
      ? [
          `All limits were kept where it was decided${decidedOn ? ` (${decidedOn})` : ''}, not when measured again${heldOut ? ` (${heldOut})` : ''}: ask for a little more, and more epochs`,
        ]
      : []),
    ...(heldOut
      ? [`Chosen by ${decidedOn}; the figures above are of ${heldOut}, which no decision has seen`]
      : []),
  ];
}

function partsOf(findings: Findings): Displayable[] {
  const figure = trialsFigure(findings);
  return [
    ...stepsTable(findings),
    trialsTable(findings),
    ...(figure ? [figure] : []),
    ...probesTable(findings),
  ];
}

/** What each step of the result changed. */
function stepsTable(findings: Findings): Report[] {
  const { steps, original, decidedOn } = findings;
  if (steps.length === 0) return [];
  const columns = figureColumns(findings);
  const values = (figures: Figures): Row =>
    Object.fromEntries(columns.map(({ column, of }) => [column.key, of(figures)]));
  return [
    new Report({
      title: `What each step gave${decidedOn ? `; accuracies on ${decidedOn}` : ''}`,
      columns: [
        { key: 'step', header: 'step' },
        { key: 'options', header: 'options', wrap: 40 },
        ...columns.map(({ column }) => column),
        { key: 'seconds', header: 'took', unit: 's', decimals: 1 },
      ],
      rows: [
        { step: 'the original', ...values(original.figures) },
        ...steps.map(({ link: { planned, outcome }, figures }) => ({
          ...{ step: planned.step, options: optionsText(planned.options), ...values(figures) },
          seconds: outcome.cached === undefined ? outcome.seconds : undefined,
        })),
      ],
    }),
  ];
}

interface FigureColumn {
  readonly column: Column;
  of(figures: Figures): number | undefined;
}

/** Columns of the figures that the budget limits, of the size, and of the accuracy unless its drop is there. */
function figureColumns({ budget, decidedOn }: Findings): FigureColumn[] {
  const own = budget.flatMap((constraint) => [limitedColumn(constraint), ...shareColumn(constraint)]);
  const isLimited = (name: string): boolean => budget.some(({ quantity }) => quantity.name === name);
  const more = (['size', ...(decidedOn && !isLimited('drop') ? (['accuracy'] as const) : [])] as const)
    .filter((name) => !isLimited(name))
    .map((name) => ({
      column: { key: name, ...quantities.find((quantity) => quantity.name === name)!.column },
      of: (figures: Figures) => figures[name],
    }));
  return [...own, ...more];
}

function limitedColumn(constraint: Standing['constraint']): FigureColumn {
  const { device, quantity } = constraint;
  const header = `${quantity.column.header}${device === undefined ? '' : ` on ${device}`}`;
  return {
    column: { key: subjectOf(constraint), ...quantity.column, header },
    of: (figures) => figureOf(constraint, figures),
  };
}

/** Of the latency of the original as it was measured beside each network. */
function shareColumn(constraint: Standing['constraint']): FigureColumn[] {
  const { device = '' } = constraint;
  if (!isLatencyShare(constraint)) return [];
  const key = `${subjectOf(constraint)} share`;
  return [
    {
      column: { key, header: "of the original's", unit: '%', scale: 100, decimals: 0 },
      of: (figures) => figures.devices[device]?.share,
    },
  ];
}

function trialsTable(findings: Findings): Report {
  const { trials, best, original, decidedOn } = findings;
  const shownFigures = figureColumns(findings);
  const values = (figures: Figures): Row =>
    Object.fromEntries(shownFigures.map(({ column, of }) => [column.key, of(figures)]));
  return new Report({
    title: `What was tried${decidedOn ? `; accuracies on ${decidedOn}` : ''}`,
    columns: [
      { key: 'network', header: 'network', wrap: 34 },
      ...shownFigures.map(({ column }) => column),
      { key: 'why', header: 'why', wrap: 28 },
      { key: 'outcome', header: 'outcome', wrap: 36 },
    ],
    rows: [
      { network: 'the original', ...values(original.figures), why: 'what all is compared with' },
      ...trials.map((trial) => ({
        ...{ network: titleOf(trial.spec), ...values(trial.figures), why: trial.spec.why },
        outcome: outcomeOf(trial, best),
      })),
    ],
  });
}

function outcomeOf(trial: Trial, best: Trial): string {
  const { standings, figures } = trial;
  const over = excesses(standings, figures);
  const steps = trial.chain.map(({ planned }) => planned.step).join(' → ');
  if (over.length === 0) return `taken: keeps all limits (${steps})`;
  return `${trial === best ? 'nearest' : 'rejected'}: ${over.join('; ')}`;
}

/** What networks of fewer channels take before they have learned anything. */
function probesTable(findings: Findings): Report[] {
  const { probes, budget } = findings;
  if (probes.length === 0) return [];
  const isRounded = probes.some(({ roundTo }) => roundTo > 1);
  const costs = figureColumns({ ...findings, decidedOn: undefined }).filter(
    ({ column }) => column.key !== 'drop' && column.key !== 'accuracy',
  );
  return [
    new Report({
      title: `How wide a network may be: before anything is learned${budget.some(({ device }) => device !== undefined) ? ', latencies with 5 % more' : ''}`,
      columns: [
        { key: 'share', header: 'MACs asked for', unit: '%', scale: 100, decimals: 1 },
        { key: 'kept', header: 'kept', unit: '%', scale: 100, decimals: 1 },
        ...(isRounded ? [{ key: 'roundTo', header: 'channels in' }] : []),
        { key: 'form', header: 'form' },
        ...costs.map(({ column }) => column),
        { key: 'outcome', header: 'outcome', wrap: 50 },
      ],
      rows: probes.map(({ share, roundTo, form, figures, standings, obstacle }) => ({
        ...{ share, roundTo, form: form.name },
        kept: figures && figures.macs / findings.original.figures.macs,
        ...Object.fromEntries(costs.map(({ column, of }) => [column.key, figures && of(figures)])),
        outcome: obstacle ?? probeOutcome(standings, figures!),
      })),
    }),
  ];
}

function probeOutcome(standings: readonly Standing[], figures: Figures): string {
  const costs = standings.filter(
    ({ constraint }) => constraint.quantity.name !== 'drop' && constraint.quantity.name !== 'accuracy',
  );
  const over = excesses(costs, figures);
  return over.length === 0 ? 'fits' : `too large: ${over.join('; ')}`;
}
