/**
 * Runs the command that follows it in the user's home folder, after a line on stderr with its process group: ssh sends
 * no signals, so a command is ended by another one. sshd gives each command a group of its own. The shell stays, for ssh
 * does not tell a command that was killed from a lost connection; what the shell itself says of that is kept out.
 */
export const announceGroup =
  'cd "$HOME" && read -r _ _ _ _ group _ < /proc/self/stat && printf "\\001%s\\n" "$group" >&2 && ' +
  '{ exec 3>&2 2>/dev/null; (exec "$@" 2>&3 3>&-); exit $?; }';

// biome-ignore lint/suspicious/noControlCharactersInRegex: no program writes it by chance
const announcement = /\u0001(\d+)\n/;

export const withoutAnnouncement = (text: string): string => text.replace(announcement, '');

/** More than a login shell says before it runs a command, in characters. */
const longest = 65_536;

/** Takes the announced group out of what comes on stderr. */
export class AnnouncedGroup {
  #held: string | undefined = '';
  readonly #found: (group: string) => void;
  /** Resolves to the group's number; never if none is announced. */
  readonly number: Promise<string>;

  constructor() {
    let found: (group: string) => void = () => {};
    this.number = new Promise((resolve) => {
      found = resolve;
    });
    this.#found = found;
  }

  /** What is the command's own. What comes before the announcement is the login shell's, and kept out. */
  filter(bytes: Uint8Array): Uint8Array {
    if (this.#held === undefined) return bytes;
    this.#held += Buffer.from(bytes).toString('latin1');
    const match = announcement.exec(this.#held);
    if (!match && this.#held.length < longest) return new Uint8Array();
    const own = match ? this.#held.slice(match.index + match[0].length) : this.#held;
    this.#held = undefined;
    if (match) this.#found(match[1]!);
    return Buffer.from(own, 'latin1');
  }
}
