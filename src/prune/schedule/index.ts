export { maskSchedule } from './mask-schedule.ts';
export { type MaskScheduleOptions, type PruningScheduleName, pruningEnd } from './options.ts';
export { type PruningSchedule, pruningSchedules } from './schedules.ts';
