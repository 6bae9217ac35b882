/** Text as HTML shows it, also within a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** JavaScript or JSON as it may stand in a `<script>`. */
export function inScript(source: string): string {
  return source.replace(/<(?=\/script|!--)/gi, '\\x3c');
}
