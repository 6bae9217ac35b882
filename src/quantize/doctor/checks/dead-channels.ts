import type { Check } from '../evidence.ts';

/** Of the channels: so few may have nothing to react to. */
const deadShare = 0.02;

export const deadChannels: Check = {
  name: 'dead-channels',
  summary: 'channels that varied in training and are constant now',
  find({ norms, samples }) {
    const dead = norms.reduce((sum, norm) => sum + norm.dead, 0);
    const alive = norms.reduce((sum, norm) => sum + norm.alive, 0);
    if (samples < 2 || dead <= deadShare * alive) return undefined;
    const where = norms.filter((norm) => norm.dead > 0).map((norm) => `${norm.node} ${norm.dead}`);
    const more = where.length > 3 ? `, ${where.length - 3} more` : '';
    return `${dead} of ${alive} channels varied in training and are constant on the calibration data (${where.slice(0, 3).join(', ')}${more}): what they react to is missing there`;
  },
};
