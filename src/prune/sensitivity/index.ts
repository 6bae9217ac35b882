export { channelSensitivity } from './channel-sensitivity.ts';
export { type ScanOptions, type ScanSubject, scan } from './scan.ts';
export { type ScanPoint, SensitivityReport } from './sensitivity-report.ts';
export { sensitivityScan } from './sensitivity-scan.ts';
