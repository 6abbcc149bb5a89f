import { z } from 'zod';

/*
 * Schemas of requests as the services publish them: unknown fields, and texts that are too long, are refused.
 */

/** Source: Slack, "Sending messages using incoming webhooks" and the reference of blocks. */
const slackText = z.strictObject({
  type: z.literal('mrkdwn'),
  text: z.string().min(1).max(3_000),
  verbatim: z.boolean().optional(),
});
export const slackRequest = z.strictObject({
  text: z.string().min(1).max(40_000),
  channel: z.string().optional(),
  blocks: z.array(z.strictObject({ type: z.literal('section'), text: slackText })).max(50),
  parse: z.enum(['none', 'full']).optional(),
  link_names: z.boolean().optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
});

/**
 * Source: Microsoft, "Create incoming webhooks with Workflows for Microsoft Teams" (an array of attachments with one Adaptive Card each),
 * and the Adaptive Cards schema 1.4: RichTextBlock, TextRun, Action.OpenUrl. A message has at most 28 KB.
 */
const textRun = z.strictObject({
  type: z.literal('TextRun'),
  text: z.string().min(1),
  weight: z.enum(['Lighter', 'Default', 'Bolder']).optional(),
  size: z.enum(['Small', 'Default', 'Medium', 'Large', 'ExtraLarge']).optional(),
  color: z.enum(['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention']).optional(),
  fontType: z.enum(['Default', 'Monospace']).optional(),
  isSubtle: z.boolean().optional(),
});
export const teamsRequest = z
  .strictObject({
    type: z.literal('message'),
    attachments: z
      .array(
        z.strictObject({
          contentType: z.literal('application/vnd.microsoft.card.adaptive'),
          contentUrl: z.null(),
          content: z.strictObject({
            $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
            type: z.literal('AdaptiveCard'),
            version: z.literal('1.4'),
            body: z
              .array(z.strictObject({ type: z.literal('RichTextBlock'), inlines: z.array(textRun).min(1) }))
              .min(1),
            actions: z
              .array(z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string(), url: z.url() }))
              .max(6)
              .optional(),
            msteams: z.strictObject({ width: z.literal('Full') }).optional(),
          }),
        }),
      )
      .min(1)
      .max(10),
  })
  .refine((message) => JSON.stringify(message).length <= 28 * 1_024, 'must have at most 28 KB');

/** Source: PagerDuty, Events API v2 "Send an alert event", and PD-CEF; 512 KB at most. */
const pagerdutyNamed = {
  routing_key: z.string().length(32),
  dedup_key: z.string().min(1).max(255),
};
export const pagerdutyRequest = z.discriminatedUnion('event_action', [
  z.strictObject({ ...pagerdutyNamed, event_action: z.literal('resolve') }),
  z.strictObject({
    ...pagerdutyNamed,
    event_action: z.literal('trigger'),
    client: z.string().optional(),
    client_url: z.url().optional(),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })).optional(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime().optional(),
      component: z.string().optional(),
      group: z.string().optional(),
      class: z.string().optional(),
      custom_details: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
]);

/** Source: Opsgenie, Alert API, fields and limits of "Create Alert" and "Close Alert". */
export const opsgenieCreate = z.strictObject({
  message: z.string().min(1).max(130),
  alias: z.string().max(512).optional(),
  description: z.string().max(15_000).optional(),
  responders: z
    .array(z.strictObject({ type: z.literal('team'), name: z.string() }))
    .max(50)
    .optional(),
  tags: z.array(z.string().max(50)).max(20).optional(),
  details: z
    .record(z.string(), z.string())
    .refine((details) => JSON.stringify(details).length <= 8_000)
    .optional(),
  entity: z.string().max(512).optional(),
  source: z.string().max(100).optional(),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']).optional(),
  user: z.string().max(100).optional(),
  note: z.string().max(25_000).optional(),
});
/** Source: Opsgenie, Alert API, "Update Alert Priority", "Update Alert Message" and "Update Alert Description", by the end of the path. */
export const opsgenieChanges = {
  priority: z.strictObject({ priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']) }),
  message: z.strictObject({ message: z.string().min(1).max(130) }),
  description: z.strictObject({ description: z.string().min(1).max(15_000) }),
};
export const opsgenieClose = z.strictObject({
  source: z.string().max(100).optional(),
  note: z.string().max(25_000).optional(),
  user: z.string().max(100).optional(),
});

/** The tags that Telegram's HTML knows; every other `<` and `&` is an escape. */
const TELEGRAM_HTML =
  /^(?:[^<>&]|&(?:amp|lt|gt|quot|#39);|<\/?(?:b|code)>|<a href="https?:\/\/[^"<>]*">|<\/a>)*$/su;
/** Source: Telegram Bot API, sendMessage and "HTML style". */
export const telegramRequest = z.strictObject({
  chat_id: z.union([z.int(), z.string()]),
  message_thread_id: z.int().optional(),
  text: z.string().min(1).max(4_096).regex(TELEGRAM_HTML),
  parse_mode: z.enum(['HTML', 'MarkdownV2', 'Markdown']).optional(),
  link_preview_options: z.strictObject({ is_disabled: z.boolean() }).optional(),
});

/** Source: Mattermost developers, "Incoming webhooks" (a post has at most 16,383 characters) and "Message attachments". */
export const mattermostRequest = z.strictObject({
  text: z.string().min(1).max(16_383),
  channel: z.string().optional(),
  username: z.string().optional(),
  attachments: z
    .array(
      z.strictObject({
        fallback: z.string(),
        color: z.string().regex(/^#[0-9A-F]{6}$/i),
        text: z.string(),
        title: z.string().optional(),
        title_link: z.url().optional(),
      }),
    )
    .optional(),
});

/** Source: Rocket.Chat, "Post message" (`chat.postMessage`), whose fields an incoming webhook takes. */
export const rocketchatRequest = z.strictObject({
  text: z.string().min(1).max(5_000),
  channel: z.string().regex(/^[#@]/).optional(),
  alias: z.string().optional(),
  parseUrls: z.boolean().optional(),
  attachments: z
    .array(
      z.strictObject({
        color: z.string().regex(/^#[0-9A-F]{6}$/i),
        text: z.string(),
        title: z.string().optional(),
        title_link: z.url().optional(),
      }),
    )
    .optional(),
});
