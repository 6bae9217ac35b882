import { local } from '../devices/local.ts';
import { type Precision, type Profile, profileOf, profiles } from '../devices/profiles/index.ts';
import { UsageError } from '../src/errors.ts';
import type { Flag } from './magic.ts';

const names = profiles.map(({ name }) => name);

export const onFlag: Flag = {
  name: 'on',
  kind: 'string',
  summary: 'profiles, parted by commas, or all',
  choices: ['all', ...names],
  default: 'all',
};

export const precisionFlag: Flag = {
  name: 'precision',
  kind: 'choice',
  choices: ['float32', 'float16', 'int8'] satisfies readonly Precision[],
  summary: 'as if the model computed with these numbers; default: its own',
};

/** The profiles that `--on` names, each once. Throws UsageError for an unknown one, and for this machine. */
export function profilesOn(text: string): readonly Profile[] {
  const wanted = text.split(',').map((name) => name.trim());
  if (wanted.includes(local))
    throw new UsageError(
      `--on: '${local}' is this machine, where nothing needs to be estimated: measure with %bench MODEL`,
    );
  const chosen = wanted.filter(Boolean).flatMap((name) => (name === 'all' ? profiles : [profileOf(name)]));
  if (chosen.length > 0) return [...new Set(chosen)];
  throw new UsageError(
    `--on must be names of profiles parted by commas, or all; was '${text}'. Known: ${names.join(', ')}`,
  );
}
