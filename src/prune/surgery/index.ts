export { removeChannels } from './remove-channels.ts';
