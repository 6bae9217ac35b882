import type { Source } from './profile.ts';

/** The hardware chapter that the list of devices follows. It gives a class of device a round figure. */
export const chapter: Source = {
  kind: 'chapter',
  title: 'Hardware chapter that the list of devices follows (a round figure)',
};

/** A figure computed from others. */
export const derived = (title: string): Source => ({ kind: 'derived', title });
