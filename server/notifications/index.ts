export { alertsConfigSchema, parseAlertsConfig } from './config';
export type { AlertsConfig, AlertsConfigInput } from './config';
export { createFileJournal, createMemoryJournal } from './journal';
export type { AnnouncementJournal, AnnouncementState, ChannelState, PendingMessage } from './journal';
export { createNotifier } from './notifier';
export type { AlertLog, ChannelReport, Notifier, NotifierDependencies } from './notifier';
