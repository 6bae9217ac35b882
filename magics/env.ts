import { UsageError } from '../src/errors.ts';
import { Report } from '../src/report.ts';
import type { Context, Magic } from './magic.ts';

/** A list is seen by whoever looks at the notebook, so values of these are not in it. */
const secretName =
  /token|secret|passw|passphrase|credential|cookie|auth|private|(?:^|_)(?:api|access|ssh)?_?key(?:_|$)|_pass$|_pwd$/i;
const secretValue = /:\/\/[^/\s:@]*:[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY/;

export const env: Magic<Report | string> = {
  name: 'env',
  summary: 'Show or set environment variables; the list hides values of secrets',
  positionals: [
    {
      name: 'assignment',
      summary:
        'NAME shows one, NAME=VALUE or NAME VALUE sets it; {name} and $name are variables of the session',
      rest: true,
      completes: 'environment',
    },
  ],
  flags: [],
  examples: ['%env', '%env PATH', '%env THREADS=2', '%env WIDTH={width}'],
  result: 'Report',
  async run({ positionals: [first, ...rest] }, { variables }) {
    if (first === undefined) return listOf(process.env);
    const [, name = '', assigned] = /^([^=]+)(?:=(.*))?$/s.exec(first) ?? [];
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new UsageError(`%env: the name must be letters, digits and _, was '${name || first}'`);
    const value = assigned === undefined ? rest.join(' ') : [assigned, ...rest].join(' ');
    if (assigned !== undefined || rest.length > 0) process.env[name] = filled(value, variables);
    const current = process.env[name];
    if (current === undefined)
      throw UsageError.unknown('environment variable', name, Object.keys(process.env));
    return current;
  },
};

const listOf = (variables: NodeJS.ProcessEnv): Report =>
  new Report({
    title: 'Environment variables',
    columns: [
      { key: 'name', header: 'name' },
      { key: 'value', header: 'value' },
    ],
    rows: Object.entries(variables)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value = '']) => ({ name, value: isSecret(name, value) ? '<hidden>' : value })),
  });

const isSecret = (name: string, value: string): boolean => secretName.test(name) || secretValue.test(value);

const reference = /\{\s*([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d+\])*)\s*\}|\$([A-Za-z_]\w*)/g;

/** With the session's variables in the place of `{name}`, `{name.member}`, `{name[0]}`, `$name`; all else stays as it is. */
function filled(value: string, variables: Context['variables']): string {
  const names = new Set(variables.names());
  return value.replace(reference, (found, path?: string, plain?: string) => {
    const [name = '', ...members] = (path ?? plain)!.split(/[.[\]]+/).filter(Boolean);
    if (!names.has(name)) return found;
    const get = (from: unknown, member: string) =>
      (from as Record<string, unknown> | undefined | null)?.[member];
    const got = members.reduce(get, variables.get(name));
    if (got === undefined || got === null)
      throw new UsageError(`%env: '${found}' must have a value, is ${got}: give the variable one first`);
    return String(got);
  });
}
