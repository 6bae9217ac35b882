import { Report } from '../src/report.ts';
import { shortValue, typeName } from './describe-value.ts';
import type { Magic } from './magic.ts';

export const who: Magic<Report> = {
  name: 'who',
  summary: 'List the variables of the session with their types and values',
  positionals: [{ name: 'types', summary: 'only variables of these types, for example number', rest: true }],
  flags: [],
  examples: ['%who', '%who number Variant'],
  result: 'Report',
  async run({ positionals: wanted }, { variables }) {
    const rows = variables.names().map((name) => {
      const value = variables.get(name);
      return { name, type: typeName(value), value: shortValue(value) };
    });
    const isWanted = (type: string) => wanted.some((name) => type === name || type.startsWith(`${name}(`));
    return new Report({
      title: 'Variables',
      columns: [
        { key: 'name', header: 'name' },
        { key: 'type', header: 'type' },
        { key: 'value', header: 'value' },
      ],
      rows: wanted.length > 0 ? rows.filter(({ type }) => isWanted(type)) : rows,
    });
  },
};
