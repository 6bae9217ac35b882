import type { Budget, Constraint } from './budget.ts';
import type { Figures } from './figures.ts';
import type { Lab, MeasuredCosts } from './lab.ts';
import { cautiousStandings, missedCosts } from './trial.ts';

/** Times are measured so often at most: other work of the machine only ever adds, so the fastest holds. */
const most = 3;
/** A latency that exceeds its limit by more than this factor is not mended by measuring again. */
const hopeless = 1.2;

export const isTimed = (budget: Budget): boolean => budget.some(isLatency);

/**
 * What a network takes. Its times are measured again while only they miss a limit, and that narrowly; or, without an
 * original to compare with, as often as is allowed.
 */
export async function costsOf(lab: Lab, content: Uint8Array, original?: Figures): Promise<MeasuredCosts> {
  const { budget } = lab.setup;
  const isSettled = ({ costs }: MeasuredCosts): boolean => {
    if (!original) return false;
    const figures = { ...costs, accuracy: undefined, drop: undefined };
    const missed = missedCosts(cautiousStandings(budget, { figures }, original));
    return (
      missed.length === 0 ||
      missed.some(({ constraint, ratio }) => !isLatency(constraint) || ratio > hopeless)
    );
  };
  let found = await lab.costs(content);
  if (!isTimed(budget)) return found;
  for (let times = 1; times < most && !isSettled(found); times++)
    found = faster(found, await lab.costs(content));
  return found;
}

const isLatency = ({ quantity }: Constraint): boolean => quantity.name === 'latency';

/** Of two measurements on each device the faster one. */
function faster(a: MeasuredCosts, b: MeasuredCosts): MeasuredCosts {
  const names = Object.keys(a.costs.devices);
  const isA = (name: string): boolean => a.costs.devices[name]!.latency <= b.costs.devices[name]!.latency;
  return {
    costs: {
      ...a.costs,
      devices: Object.fromEntries(names.map((name) => [name, (isA(name) ? a : b).costs.devices[name]!])),
    },
    measurements: names.map((name, i) => (isA(name) ? a : b).measurements[i]!),
  };
}
