export { channelsOf, parseAlertsConfig } from './config';
export type { AlertsConfig, AlertsConfigInput } from './config';
export { createFileJournal } from './journal';
export type { AnnouncementJournal, AnnouncementState, ChannelState } from './journal';
export { incidentMessage } from './messages/incident_message';
export { createNotifier } from './outbox/notifier';
export type { Notifier } from './outbox/notifier';
export { summariesOf } from './channel_summary';
export { tryChannels, type ChannelTrial } from './trial';
