export { maskSchedule } from './mask-schedule.ts';
export type { MaskScheduleOptions, PruningScheduleName } from './options.ts';
export { type PruningSchedule, pruningSchedules } from './schedules.ts';
