import { hostOf, type ChannelSettings, type Route } from './channels/settings';
import { channelsOf, type AlertsConfig } from './config';

/** A channel as it may be shown: its kind, where it sends to and what takes it. No secret. */
export interface ChannelSummary {
  readonly name: string;
  readonly type: ChannelSettings['type'];
  readonly host: string;
  readonly route?: Route;
}

export const summariesOf = (config: AlertsConfig): ChannelSummary[] =>
  channelsOf(config).map(({ name, settings }) => ({
    name,
    type: settings.type,
    host: hostOf(settings),
    ...(settings.route !== undefined && { route: settings.route }),
  }));
