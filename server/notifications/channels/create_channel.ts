import type { AlertChannel } from '../messages/delivery';
import { createEmailChannel } from './email_channel';
import type { HttpDependencies } from './http_delivery';
import { createMarkdownChatChannel } from './markdown_chat_channel';
import { createOpsgenieChannel } from './opsgenie_channel';
import { createPagerdutyChannel } from './pagerduty_channel';
import type { ChannelSettings } from './settings';
import { createSlackChannel } from './slack_channel';
import { createTeamsChannel } from './teams_channel';
import { createTelegramChannel } from './telegram_channel';
import { createWebhookChannel } from './webhook_channel';

export interface ChannelDependencies extends HttpDependencies {
  readonly warn: (message: string) => void;
}

/** @param linkBase page that messages about anomalies link to */
export function createChannel(
  name: string,
  settings: ChannelSettings,
  linkBase: string | undefined,
  dependencies: ChannelDependencies,
): AlertChannel {
  switch (settings.type) {
    case 'slack':
      return createSlackChannel(name, settings, linkBase, dependencies);
    case 'email':
      return createEmailChannel(name, settings, linkBase, dependencies);
    case 'webhook':
      return createWebhookChannel(name, settings, linkBase, dependencies);
    case 'teams':
      return createTeamsChannel(name, settings, linkBase, dependencies);
    case 'pagerduty':
      return createPagerdutyChannel(name, settings, dependencies);
    case 'opsgenie':
      return createOpsgenieChannel(name, settings, dependencies);
    case 'telegram':
      return createTelegramChannel(name, settings, linkBase, dependencies);
    case 'mattermost':
    case 'rocketchat':
      return createMarkdownChatChannel(name, settings, linkBase, dependencies);
  }
}
