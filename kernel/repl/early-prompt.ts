import type { ReadStream, WriteStream } from 'node:tty';
import { anyAnswer, isAnswered, type PictureProtocol, pictureQuery, protocolOf } from './pictures.ts';

/** How long a terminal may take to say what it can, in ms. */
const patience = 150;

/** What is pasted comes between marks, so that it is told from keys (xterm control sequences, DECSET 2004). */
const bracketedPaste = '\u001b[?2004h';

/**
 * A prompt that is there before what draws the real one is loaded. Loading blocks this process, so the terminal itself
 * shows what is typed meanwhile, and keeps it.
 */
export const showEarlyPrompt = (stdout: WriteStream, prompt: string): void =>
  void stdout.write(prompt + bracketedPaste);

/**
 * Takes the early prompt from the screen, puts what was typed back into the input, and asks the terminal how it takes
 * pictures; undefined if it takes none.
 */
export async function endEarlyPrompt(
  stdin: ReadStream,
  stdout: WriteStream,
): Promise<PictureProtocol | undefined> {
  const answered = Promise.withResolvers<void>();
  let bytes = '';
  const listen = (): void => {
    for (let chunk = stdin.read(); chunk !== null; chunk = stdin.read()) bytes += chunk.toString('latin1');
    if (isAnswered(bytes)) answered.resolve();
  };
  stdin.setRawMode(true);
  stdin.on('readable', listen);
  stdout.write(pictureQuery);
  const timer = setTimeout(answered.resolve, patience);
  await answered.promise;
  clearTimeout(timer);
  stdin.off('readable', listen);
  const typed = bytes.replace(anyAnswer, '');
  const lines = typed.match(/\n/g)?.length ?? 0;
  stdout.write(`${lines > 0 ? `\u001b[${lines}A` : ''}\r\u001b[J`);
  // A terminal that is not raw makes a line feed of Enter.
  if (typed !== '') stdin.unshift(Buffer.from(typed.replaceAll('\n', '\r'), 'latin1'));
  return protocolOf(bytes);
}
