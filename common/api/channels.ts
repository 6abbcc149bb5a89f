import { z } from 'zod';
import { API_ROOT, endpoint } from './endpoint';
import { severitySchema } from './results';

const CHANNEL_TYPES = [
  'slack',
  'email',
  'webhook',
  'teams',
  'pagerduty',
  'opsgenie',
  'telegram',
  'mattermost',
  'rocketchat',
] as const;

const shownChannel = {
  type: z.enum(CHANNEL_TYPES),
  host: z.string().describe('Host that messages are sent to'),
};

/** Channels of Kibana's settings, without their secrets. */
export const channelEndpoints = {
  listChannels: endpoint({
    method: 'get',
    path: `${API_ROOT}/alerts/channels`,
    summary: 'Channels that messages are sent by, from logAnomalies.alerts in kibana.yml, without secrets',
    privilege: 'read',
    response: z.object({
      notify: z.enum(['incidents', 'anomalies']).optional().describe('Absent: no channel is set up'),
      minimum_severity: severitySchema.optional(),
      channels: z.array(
        z.object({
          name: z.string(),
          ...shownChannel,
          route: z
            .object({
              minimum_severity: severitySchema.optional(),
              detectors: z.array(z.string()).optional(),
              entities: z.array(z.string()).optional(),
              quiet_times: z
                .array(
                  z.object({
                    days: z.array(z.string()),
                    from: z.string(),
                    to: z.string(),
                    time_zone: z.string(),
                  }),
                )
                .optional(),
            })
            .optional(),
        }),
      ),
    }),
  }),
  testChannels: endpoint({
    method: 'post',
    path: `${API_ROOT}/alerts/_test`,
    summary: 'Send a test message by one channel or all, and say what failed and what to do',
    privilege: 'write',
    body: z.strictObject({
      channel: z.string().max(40).optional().describe('Name of one channel; default: all'),
    }),
    response: z.object({
      trials: z.array(
        z.object({
          channel: z.string(),
          ...shownChannel,
          delivered: z.boolean(),
          milliseconds: z.number(),
          error: z.string().optional().describe("The failure, in the receiver's own words where it said any"),
          next_step: z.string().optional().describe('Next step for people'),
        }),
      ),
    }),
  }),
};
