import type { Key } from 'ink';

/** A key by its name: `ctrl+a`, `alt+enter`, `up`; `text` for letters. */
export interface KeyPress {
  readonly name: string;
  /** What was typed; empty unless the name is `text`. */
  readonly text: string;
}

const named: readonly [keyof Key, string][] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** What Ink tells of a key, or of several that came at once. Nothing for keys that are let go. */
export function keyPresses(input: string, key: Key): KeyPress[] {
  if (key.eventType === 'release' || answers.test(input)) return [];
  const special = named.find(([field]) => key[field])?.[1];
  if (special === undefined && !key.ctrl && !key.meta) return input.match(pieces)?.map(typed) ?? [];
  const parts = [
    key.ctrl && 'ctrl',
    // An escape is told as Meta as well.
    key.meta && special !== 'escape' && 'alt',
    key.shift && special !== undefined && 'shift',
    special ?? input.toLowerCase(),
  ];
  return [press(parts.filter(Boolean).join('+'))];
}

/** What a terminal answers to questions about itself, perhaps late. */
const answers = /^(?:\[\?[\d;]*[cu]|_Gi=31;|\]1337;)/;

/** Control characters one by one, letters as they come. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are keys
const pieces = /[\u0000-\u001f\u007f]|[^\u0000-\u001f\u007f]+/g;

const controlNames: Readonly<Record<string, string>> = {
  '\u0000': 'ctrl+space',
  '\t': 'tab',
  '\r': 'enter',
  '\u001b': 'escape',
  '\u001f': 'ctrl+_',
  '\u007f': 'backspace',
};

const press = (name: string): KeyPress => ({ name, text: '' });

/** Letters, or the key of a control character. */
function typed(piece: string): KeyPress {
  const code = piece.charCodeAt(0);
  if (code >= 32 && code !== 127) return { name: 'text', text: piece };
  return press(controlNames[piece] ?? `ctrl+${String.fromCharCode(code + 96)}`);
}
