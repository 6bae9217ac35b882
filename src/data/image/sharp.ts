import type Sharp from 'sharp';

let loaded: Promise<typeof Sharp> | undefined;

/** The image library, with one thread for each picture and no memory of earlier ones. */
export function loadSharp(): Promise<typeof Sharp> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}
