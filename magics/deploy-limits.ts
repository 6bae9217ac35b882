import type { HealthLimits } from '../devices/deploy/index.ts';
import { UsageError } from '../src/errors.ts';
import type { ParsedLine } from './magic.ts';

/** On the same bytes and samples a device may find so much less, as a share. */
const defaultDrop = 0.01;

/**
 * Reads `--min-score` (`97%`, `0.97`, or `30dB` where outputs are compared) and `--max-drop` (`0.5%`, `0.005`). Throws
 * UsageError.
 */
export function limitsOf(flags: ParsedLine['flags'], isLabelled: boolean): HealthLimits {
  const { 'min-score': least, 'max-drop': drop } = flags;
  if (drop !== undefined && !isLabelled)
    throw new UsageError(
      '%deploy: --max-drop is about accuracy, which needs a classifier and labelled data: give --data, or --min-score 30dB for how alike the outputs must be',
    );
  const maxDrop = drop === undefined ? defaultDrop : share('max-drop', String(drop), '0.5% or 0.005');
  if (least === undefined) return { maxDrop };
  const text = String(least);
  return {
    maxDrop,
    minScore: isLabelled ? share('min-score', text, '97% or 0.97') : decibels(text),
  };
}

function share(flag: string, text: string, example: string): number {
  const [, number, percent] = /^(\d*\.?\d+)\s*(%?)$/.exec(text.trim()) ?? [];
  const value = Number(number) / (percent ? 100 : 1);
  if (value >= 0 && value <= 1) return value;
  throw new UsageError(`%deploy: --${flag} must be a share of 0 to 1, as ${example}, was '${text}'`);
}

function decibels(text: string): number {
  const [, number] = /^(-?\d*\.?\d+)\s*dB$/i.exec(text.trim()) ?? [];
  if (number !== undefined) return Number(number);
  throw new UsageError(
    `%deploy: without labels outputs are compared, and --min-score must be in dB, as 30dB, was '${text}'`,
  );
}
