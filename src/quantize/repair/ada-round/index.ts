export { type AdaRoundOptions, type AdaRoundProgress, adaRound, adaRounding } from './ada-round.ts';
