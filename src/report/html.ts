import type { Cell, Column, Report } from '../report.ts';
import { alignOf, barPart, formatCell } from './cell.ts';
import { shortNames } from './short-names.ts';

const cellStyle = 'padding:0.25em 0.75em;white-space:nowrap;font-variant-numeric:tabular-nums;';

/** Characters of a name; the tooltip has it whole. */
const longestName = 48;
/** Rows that are shown without scrolling. */
const shownRows = 30;

/** The header of a table that scrolls, in the colour of the page of JupyterLab, of VS Code, or else of the browser. */
const stickyStyle =
  ';position:sticky;top:0;background:var(--jp-layout-color0,var(--vscode-editor-background,Canvas))';

/** Title, table and warnings as HTML that takes font and colours from the page around it. */
export function reportHtml(report: Report): string {
  const aligned = report.columns.map((column) => {
    const values = report.rows.map((row) => row[column.key]);
    const texts = values.map((value) => formatCell(value, column));
    return {
      column,
      align: alignOf(column, values),
      // What has spaces is a sentence: no part of it may be missing.
      short: texts.some((text) => text.includes(' ')) ? texts : shortNames(texts, longestName),
    };
  });
  const head = aligned
    .map(({ column, align }) => cell('th', header(column), { style: `${align};cursor:pointer` }))
    .join('');
  const body = report.rows.map((row, i) => {
    const show = ({ column, align, short }: (typeof aligned)[number]) => {
      const whole = formatCell(row[column.key], column);
      const text = short[i]!;
      const style = align + barStyle(row[column.key], column) + wrapStyle(text, column);
      return cell('td', escapeHtml(text), { style, ...(text !== whole && { tip: whole }) });
    };
    return `<tr>${aligned.map(show).join('')}</tr>`;
  });
  const isLong = report.rows.length > shownRows;
  return [
    '<div class="edgebook-report">',
    `<p style="margin:0.5em 0"><strong>${escapeHtml(report.title)}</strong></p>`,
    `<div style="overflow-x:auto${isLong ? ';max-height:36em;overflow-y:auto' : ''}"><table style="border-collapse:collapse">`,
    `<thead style="border-bottom:1px solid currentColor${isLong ? stickyStyle : ''}" onclick="${sortScript}"><tr>${head}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody></table></div>`,
    ...report.warnings.map((warning) => `<p style="margin:0.5em 0">⚠ ${escapeHtml(warning)}</p>`),
    '</div>',
  ].join('\n');
}

function cell(tag: 'th' | 'td', html: string, { style, tip }: { style: string; tip?: string }): string {
  const title = tip === undefined ? '' : ` title="${escapeHtml(tip)}"`;
  return `<${tag} style="${cellStyle}text-align:${style}"${title}>${html}</${tag}>`;
}

/** A text that is longer than its column wants, or half of that where there is no more room, goes on in further lines. */
function wrapStyle(text: string, { wrap }: Column): string {
  if (wrap === undefined || text.length <= wrap / 2) return '';
  return `;white-space:normal;min-width:${wrap / 2}ch;max-width:${wrap}ch`;
}

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
