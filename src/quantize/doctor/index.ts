export { CalibrationDiagnosis, type Finding, type Sufficient } from './calibration-diagnosis.ts';
export { type DiagnoseOptions, diagnoseCalibration } from './diagnose-calibration.ts';
