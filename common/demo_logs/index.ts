export { generateLogs, incidentsOf } from './generate_logs';
export type { DemoLogOptions, GeneratedLog } from './generate_logs';
export { ANOMALY_KINDS } from './incidents';
export type { Incident } from './incidents';
export { DEMO_SERVICES } from './services';
export type { DemoDocument } from './demo_document';
export { demoDetector } from './demo_detector';
