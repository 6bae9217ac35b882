import type { Cell, Column, Report } from '../report.ts';
import { alignOf, barPart, formatCell } from './cell.ts';

const cellStyle = 'padding:0.25em 0.75em;white-space:nowrap;font-variant-numeric:tabular-nums;';

/** Title, table and warnings as HTML that takes font and colours from the page around it. */
export function reportHtml(report: Report): string {
  const aligned = report.columns.map((column) => ({
    column,
    align: alignOf(
      column,
      report.rows.map((row) => row[column.key]),
    ),
  }));
  const cell = (tag: 'th' | 'td', text: string, style: string) =>
    `<${tag} style="${cellStyle}text-align:${style}">${text}</${tag}>`;
  const head = aligned
    .map(({ column, align }) => cell('th', header(column), `${align};cursor:pointer`))
    .join('');
  const body = report.rows.map((row) => {
    const show = ({ column, align }: { column: Column; align: string }) => {
      const text = formatCell(row[column.key], column);
      return cell(
        'td',
        escapeHtml(text),
        align + barStyle(row[column.key], column) + wrapStyle(text, column),
      );
    };
    return `<tr>${aligned.map(show).join('')}</tr>`;
  });
  return [
    '<div class="edgebook-report">',
    `<p style="margin:0.5em 0"><strong>${escapeHtml(report.title)}</strong></p>`,
    '<div style="overflow-x:auto"><table style="border-collapse:collapse">',
    `<thead style="border-bottom:1px solid currentColor" onclick="${sortScript}"><tr>${head}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody></table></div>`,
    ...report.warnings.map((warning) => `<p style="margin:0.5em 0">⚠ ${escapeHtml(warning)}</p>`),
    '</div>',
  ].join('\n');
}

/** A text that is longer than its column wants goes on in further lines. */
const wrapStyle = (text: string, { wrap }: Column): string =>
  wrap === undefined || text.length <= wrap
    ? ''
    : `;white-space:normal;min-width:${wrap}ch;max-width:${wrap}ch`;

/** A bar behind the number, from the left. Reads on light and dark. */
function barStyle(value: Cell, column: Column): string {
  const part = barPart(value, column);
  if (part === undefined) return '';
  const end = `${(100 * part).toFixed(1)}%`;
  return `;min-width:6em;background:linear-gradient(to right,rgba(66,133,244,0.35) ${end},transparent ${end})`;
}

/**
 * Sorts the table's rows by the column whose header is clicked, the other way round at the second click: as numbers
 * where all are, empty cells last. An attribute, not a script: it works wherever the HTML is put, and where a front
 * end does not trust it only the sorting is lost.
 */
const sortScript = [
  "var th=event.target.closest('th');if(!th)return;",
  "var body=this.parentNode.tBodies[0],up=th.getAttribute('aria-sort')!=='ascending';",
  'var text=function(tr){return tr.cells[th.cellIndex].textContent.trim()};',
  "var number=function(t){return t===''?NaN:Number(t.replace(/,/g,'').replace(/\u2212/g,'-'))};",
  'var rows=Array.from(body.rows),filled=rows.filter(function(r){return text(r)});',
  'var numeric=filled.every(function(r){return !isNaN(number(text(r)))});',
  'filled.sort(function(a,b){var x=text(a),y=text(b);',
  'return (up?1:-1)*(numeric?number(x)-number(y):x.localeCompare(y,undefined,{numeric:true}))});',
  'filled.concat(rows.filter(function(r){return !text(r)})).forEach(function(r){body.appendChild(r)});',
  "Array.from(th.parentNode.cells).forEach(function(c){c.removeAttribute('aria-sort')});",
  "th.setAttribute('aria-sort',up?'ascending':'descending')",
].join('');

const header = ({ header, unit }: Column): string =>
  unit ? `${escapeHtml(header)}<br>(${escapeHtml(unit)})` : escapeHtml(header);

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe inside an element or a quoted attribute. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => entities[char]!);
