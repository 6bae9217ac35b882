import type { Output } from '../output.ts';
import { type PictureProtocol, pictureText } from './pictures.ts';

/** Shows the PNG of an output where the terminal takes pictures. Displays that change are text: they are redrawn in place. */
export async function pictureOf(
  output: Output,
  protocol: PictureProtocol | undefined,
): Promise<string | undefined> {
  if (!protocol || (output.type !== 'result' && output.type !== 'display')) return undefined;
  if (output.type === 'display' && output.displayId !== undefined) return undefined;
  const png = output.data['image/png'];
  return typeof png === 'string' ? pictureText(png, protocol) : undefined;
}
