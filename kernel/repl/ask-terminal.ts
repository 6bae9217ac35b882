import type { ReadStream } from 'node:tty';
import { anyAnswer, isAnswered, type PictureProtocol, pictureQuery, protocolOf } from './pictures.ts';

/** How long a terminal may take to say what it can, in ms. */
const patience = 150;

/**
 * Asks the terminal whether it takes pictures. What the user types meanwhile is put back. Must be done before anything else
 * reads the terminal.
 */
export async function askForPictures(
  stdin: ReadStream,
  stdout: { write(text: string): unknown },
): Promise<PictureProtocol | undefined> {
  stdin.setRawMode(true);
  let answer = '';
  const got = Promise.withResolvers<void>();
  const listen = (chunk: Buffer): void => {
    answer += chunk.toString('latin1');
    if (isAnswered(answer)) got.resolve();
  };
  stdin.on('data', listen);
  stdout.write(pictureQuery);
  const timer = setTimeout(got.resolve, patience);
  await got.promise;
  clearTimeout(timer);
  stdin.off('data', listen);
  stdin.pause();
  const typed = Buffer.from(withoutAnswers(answer), 'latin1');
  if (typed.length > 0) stdin.unshift(typed);
  return protocolOf(answer);
}

const withoutAnswers = (text: string): string => text.replace(anyAnswer, '');
