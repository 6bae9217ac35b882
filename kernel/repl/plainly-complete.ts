import { codeTokens } from '../code-tokens.ts';

/** Words that a statement begins with whose end only the compiler knows. */
const openers =
  /^(?:if|for|while|do|switch|try|function|class|interface|type|enum|export|import|declare|namespace|async|abstract|@)/;
/** Words that something must follow. */
const unfinished =
  /(?:^|[^\w$.])(?:return|const|let|var|new|typeof|await|yield|in|of|instanceof|as|satisfies|extends|else|delete|void|throw)$/;

/**
 * Whether one line is surely a whole cell, so that Enter need not wait for the compiler. False means that it must be asked.
 */
export function plainlyComplete(code: string): boolean {
  const line = code.trim();
  if (line === '' || line.includes('\n') || openers.test(line)) return false;
  if (line.startsWith('%')) return !line.startsWith('%%') && !line.endsWith('\\');
  if (/^[\w$.%]+\?{1,2}$/.test(line)) return true;
  if (line.startsWith('!')) return line !== '!' && !line.endsWith('\\');
  if (/[<`/?:]/.test(line) || unfinished.test(line)) return false;
  let bare = '';
  let at = 0;
  for (const { kind, start, end } of codeTokens(line)) {
    bare += line.slice(at, start) + (kind === 'string' ? '0' : line.slice(start, end));
    at = end;
  }
  bare += line.slice(at);
  return /[\w$)\]};]$/.test(bare) && !/["'`\\]/.test(bare) && isBalanced(bare);
}

function isBalanced(text: string): boolean {
  const open: string[] = [];
  const partner: Record<string, string> = { ')': '(', ']': '[', '}': '{' };
  for (const letter of text) {
    if ('([{'.includes(letter)) open.push(letter);
    else if (letter in partner && open.pop() !== partner[letter]) return false;
  }
  return open.length === 0;
}
