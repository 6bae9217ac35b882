/** Ways in which terminals take pixels. */
export type PictureProtocol = 'kitty' | 'iterm2' | 'sixel';

/** What asks a terminal: kitty's graphics query, iTerm2's cell size, and the device attributes, which all answer, last. */
export const pictureQuery =
  '\u001b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u001b\\\u001b]1337;ReportCellSize\u0007\u001b[c';

/** Which protocol the answers to the query tell of; undefined for none. */
export function protocolOf(answer: string): PictureProtocol | undefined {
  if (answer.includes('\u001b_Gi=31;OK')) return 'kitty';
  if (answer.includes('\u001b]1337;ReportCellSize=')) return 'iterm2';
  const attributes = lastAnswer.exec(answer)?.[1]?.split(';') ?? [];
  return attributes.includes('4') ? 'sixel' : undefined;
}

/** Whether the last answer has come. */
export const isAnswered = (answer: string): boolean => lastAnswer.test(answer);

const esc = '\u001b';
const lastAnswer = new RegExp(String.raw`${esc}\[\?([\d;]*)c`);
const end = String.raw`(?:\u0007|${esc}\\)`;

/** All that a terminal answers to the query. */
export const anyAnswer = new RegExp(
  String.raw`${esc}(?:_G[^${esc}]*${end}|\]1337;[^\u0007${esc}]*${end}|\[\?[\d;]*[cu])`,
  'g',
);

/** kitty takes base64 in pieces of at most so many characters. */
const kittyPiece = 4096;

const writers: Readonly<Record<Exclude<PictureProtocol, 'sixel'>, (png: string) => string>> = {
  // https://sw.kovidgoyal.net/kitty/graphics-protocol/: f=100 is PNG, a=T shows it, q=2 wants no answer.
  kitty(png) {
    const pieces = png.match(new RegExp(`.{1,${kittyPiece}}`, 'g')) ?? [];
    return pieces
      .map((piece, i) => {
        const more = i < pieces.length - 1 ? 1 : 0;
        return `\u001b_G${i === 0 ? 'a=T,f=100,q=2,' : ''}m=${more};${piece}\u001b\\`;
      })
      .join('');
  },
  // https://iterm2.com/documentation-images.html
  iterm2: (png) =>
    `\u001b]1337;File=inline=1;size=${Buffer.byteLength(png, 'base64')};preserveAspectRatio=1:${png}\u0007`,
};

/** A picture of base64 PNG as escape sequences. */
export async function pictureText(png: string, protocol: PictureProtocol): Promise<string> {
  if (protocol !== 'sixel') return writers[protocol](png);
  const { sixelOf } = await import('./sixel.ts');
  return sixelOf(Buffer.from(png, 'base64'));
}
