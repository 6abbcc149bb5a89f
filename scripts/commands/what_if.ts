import { Command, Option } from 'commander';
import type { WhatIf } from '../../common/api';
import { SEVERITIES, shownConfidence, type Severity } from '../../common/anomaly';
import { parseWith } from '../../common/validation';
import { GROUPINGS, logAnomalyParamsSchema, type LogAnomalyParams } from '../../common/rules';
import { refuseUnreadable, resultsPattern, whatIf as countWhatIf } from '../../server/elasticsearch';
import { barsOf } from '../command_line/hiding';
import { numberBetween, printable, runs } from '../command_line/session';
import { parseDuration } from '../command_line/time_options';
import { withStoredData } from '../command_line/stored_data';

interface Options {
  detectorId?: string[];
  minConfidence?: number;
  minSeverity?: Severity;
  count?: number;
  window?: string;
  groupBy?: LogAnomalyParams['group_by'];
}

export const whatIf = (): Command =>
  runs<Options>(
    new Command('what-if')
      .description(
        'Count the alerts of the last 30 days with other settings: alerts a day, top groups, missed anomalies',
      )
      .option('--detector-id <id...>', 'the detectors (default: all of the space)')
      .option('--min-confidence <number>', 'results below do not count (default: 0.5)', numberBetween(0, 1))
      .addOption(
        new Option('--min-severity <name>', 'results of lesser severity do not count').choices(
          SEVERITIES.map(({ name }) => name),
        ),
      )
      .option('--count <number>', 'results that make an alert (default: 1)', numberBetween(1, 10_000, true))
      .option('--window <duration>', 'in which they must lie (default: 5m)', parseDuration)
      .addOption(new Option('--group-by <what>', 'one alert for each (default: entity)').choices(GROUPINGS))
      .addHelpText(
        'after',
        `
Counted by Elasticsearch over the results that are stored, in at most three requests.

Examples:
  log-anomalies what-if --detector-id web
  log-anomalies what-if --min-confidence 0.9 --window 1h --count 3 --group-by detector --json`,
      ),
    async (session, options) => {
      const params = parseWith(
        logAnomalyParamsSchema,
        {
          detector_ids: options.detectorId,
          min_confidence: options.minConfidence,
          min_severity: options.minSeverity,
          count: options.count,
          window: options.window,
          group_by: options.groupBy,
        },
        'The alerts',
      );
      await withStoredData(session, async (client) => {
        const { clock, signal, config } = session;
        const counted = await countWhatIf(
          client,
          params,
          { space: config.space, to: clock.now() },
          { signal },
        );
        if (counted.results === 0) await refuseUnreadable(client, [resultsPattern(config.space)]);
        session.result(counted, () => describeWhatIf(counted));
      });
    },
  );

function describeWhatIf(found: WhatIf): string {
  const { alerts, results, days, groups, confirmed, missed, complete, days_with_logs: daysWithLogs } = found;
  const perDay = alerts / daysWithLogs;
  return [
    `${alerts} alerts of ${results} results in ${Number(daysWithLogs.toFixed(1))} days with logs, ${perDay.toFixed(1)} a day${complete ? '' : '; only the largest groups were counted'}.`,
    '',
    ...barsOf(days.map(({ time, alerts: count }) => ({ time, before: count, after: count }))),
    '',
    ...groups.map(
      (group) =>
        `  ${printable(group.key === '' ? '(none)' : group.key, 60)}: ${group.alerts} alerts, ${group.results} results, confidence up to ${shownConfidence(group.max_confidence, 1)}%`,
    ),
    '',
    `${missed.length} of ${confirmed} confirmed anomalies would raise no alert${missed.length === 0 ? '.' : ':'}`,
    ...missed.map(
      ({ time, reason, why }) => `  ${time}  ${printable(reason, 120)} (${why.replace(/_/g, ' ')})`,
    ),
  ].join('\n');
}
