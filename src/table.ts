/** Rows under headings, for reports to show themselves by. Numbers are formatted by whoever makes the table. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Columns padded with spaces, numbers to the right, for a terminal. */
export function tableText({ columns, rows }: Table): string {
  const lines = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const right = columns.map((_, i) => isNumeric(rows, i));
  return lines
    .map((line) => line.map((cell, i) => pad(cell, widths[i]!, right[i]!)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** An HTML table without styles of its own but the alignment of numbers. */
export function tableHtml({ columns, rows }: Table): string {
  const style = columns.map((_, i) => ` style="text-align:${isNumeric(rows, i) ? 'right' : 'left'}"`);
  const line = (tag: string, row: readonly (string | number)[]) =>
    `<tr>${row.map((cell, i) => `<${tag}${style[i]}>${escapeHtml(String(cell))}</${tag}>`).join('')}</tr>`;
  const body = rows.map((row) => line('td', row)).join('');
  return `<table><thead>${line('th', columns)}</thead><tbody>${body}</tbody></table>`;
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const isNumeric = (rows: Table['rows'], column: number): boolean =>
  rows.length > 0 && rows.every((row) => /^[-+~]?[\d,.]*\d/.test(String(row[column])));

const pad = (cell: string, width: number, right: boolean): string =>
  right ? cell.padStart(width) : cell.padEnd(width);
