import { Command } from 'commander';
import { DetectionError } from '../../common/detection_error';
import { tryChannels, type ChannelTrial } from '../../server/notifications';
import { runs } from '../command_line/session';

const lineOf = ({
  channel,
  type,
  host,
  delivered,
  milliseconds,
  error,
  next_step: next,
}: ChannelTrial): string =>
  [
    `${delivered ? 'delivered' : 'FAILED   '}  ${channel} (${type}, ${host}) in ${milliseconds} ms`,
    ...(error === undefined ? [] : [`           ${error}`]),
    ...(next === undefined ? [] : [`           ${next}`]),
  ].join('\n');

export const testAlert = (): Command =>
  runs<{ channel?: string }>(
    new Command('test-alert')
      .description(
        'Send a test message by the channels of the configuration, and say what failed and what to do',
      )
      .option('--channel <name>', 'one channel: slack, email, or a name below alerts.channels (default: all)')
      .addHelpText(
        'after',
        `
Every channel gets one message, past journal, routes and limits. PagerDuty and Opsgenie get an alert that is resolved at once.
Ends with 0 when all were delivered.

Examples:
  log-anomalies test-alert --config config.yaml
  log-anomalies test-alert --config config.yaml --channel on-call --json`,
      ),
    async (session, { channel }) => {
      const { alerts } = session.config;
      if (alerts === undefined) {
        throw new DetectionError(
          'invalid_input',
          'The configuration has no section alerts: it names the channels, see docs/notifications.md.',
        );
      }
      const trials = await tryChannels(alerts, channel, {
        now: () => session.clock.now(),
        warn: session.say,
        signal: session.signal,
        ...(alerts.link_base !== undefined && { link: alerts.link_base }),
      });
      session.result({ trials }, () => trials.map(lineOf).join('\n'));
      const failed = trials.filter(({ delivered }) => !delivered);
      if (failed.length > 0) {
        throw new DetectionError(
          'unavailable',
          `Not delivered: ${failed.map(({ channel: name }) => name).join(', ')}; the lines above say why.`,
        );
      }
    },
  );
