import { Command, Option } from 'commander';
import type { ApiRequest, ApiResponse, Endpoints } from '../../common/api';
import { DetectionError } from '../../common/detection_error';
import { parseInstant } from '../../common/parameters';
import { PATTERN_STATES } from '../../common/patterns';
import { ignorePattern } from '../../server/detection/patterns/ignore_pattern';
import { mergePatternInto, takePatternApart } from '../../server/detection/patterns/regroup_pattern';
import {
  createAuditTrail,
  patternsIndex,
  refuseUnreadable,
  type ElasticsearchClient,
} from '../../server/elasticsearch';
import { createPatternStore, listLogPatterns } from '../../server/elasticsearch/patterns';
import { authorOf } from '../command_line/hiding';
import { loadActiveModel } from '../command_line/models';
import { numberBetween, printable, runs, type Session } from '../command_line/session';
import { withStoredData } from '../command_line/stored_data';

type Query = ApiRequest<Endpoints['listLogPatterns']>['query'];
type Found = ApiResponse<Endpoints['listLogPatterns']>;

interface Options {
  state: Query['state'];
  entity?: string;
  text?: string;
  from?: string;
  to?: string;
  sort: Query['sort'];
  size: number;
  ignored: boolean;
  ignore?: string;
  hear?: string;
  merge?: string;
  into?: string;
  takeApart?: string;
  because?: string;
}

export const patterns = (): Command =>
  runs<Options>(
    new Command('patterns')
      .description(
        'List the patterns of the logs of a detector over time, with what is new, surges, drops or vanished',
      )
      .argument('<detector-id>', 'detector with the setting patterns')
      .addOption(
        new Option('--state <state>', 'only patterns in this state; changed: any but usual')
          .choices(['all', 'changed', ...PATTERN_STATES])
          .default('all'),
      )
      .option('--entity <name>', 'only patterns and logs of this entity')
      .option('--text <words>', 'only patterns with these words')
      .option('--from <time>', 'begin of the time that is counted; default: seven days before the end')
      .option('--to <time>', 'its end; default: now')
      .addOption(
        new Option('--sort <order>', 'last change, most logs, last seen or first seen first')
          .choices(['state', 'logs', 'recent', 'first'])
          .default('state'),
      )
      .option('--size <number>', 'patterns shown', numberBetween(1, 500, true), 25)
      .option('--ignored', 'show ignored patterns as well', false)
      .option('--ignore <pattern>', 'hear nothing of this pattern any more; it is counted all the same')
      .option('--hear <pattern>', 'hear of an ignored pattern again')
      .option('--merge <pattern>', 'make this pattern a part of the one of --into, from the next bucket on')
      .option('--into <pattern>', 'with --merge')
      .option('--take-apart <pattern>', 'make patterns of their own of what people have merged into this one')
      .option('--because <text>', 'why')
      .addHelpText(
        'after',
        `
Examples:
  log-anomalies patterns shop --state changed
  log-anomalies patterns shop --entity checkout --sort logs --json
  log-anomalies patterns shop --from 2026-10-01T00:00:00Z --to 2026-11-01T00:00:00Z
  log-anomalies patterns shop --ignore 0a1b2c3d4e5f60718293a4b5 --because "Nightly batch"
  log-anomalies patterns shop --merge 0a1b2c3d4e5f60718293a4b5 --into 5b4a39281706f5e4d3c2b1a0`,
      ),
    async (session, options, command) => {
      const [detectorId] = command.args;
      const { ignore, hear, merge, takeApart, because } = options;
      checkChoices(options);
      const { space } = session.config;
      const { clock } = session;
      await withStoredData(session, async (client) => {
        const regrouped = merge ?? takeApart;
        if (regrouped !== undefined) {
          await regroup(session, client, { detectorId, patternId: regrouped }, options);
          return;
        }
        const patternId = ignore ?? hear;
        if (patternId !== undefined) {
          const stores = {
            patterns: createPatternStore(client, detectorId, { space }),
            audit: createAuditTrail(client, { space }),
            clock,
          };
          const change = { ignored: ignore !== undefined, ...(because !== undefined && { because }) };
          await ignorePattern(stores, { detectorId, patternId }, change, await authorOf(client));
          session.result(
            { pattern: patternId, ignored: change.ignored },
            () => `Pattern ${patternId} is ${change.ignored ? 'ignored' : 'told of again'}.`,
          );
          return;
        }
        const active = await loadActiveModel(client, space, detectorId);
        if (active === undefined) {
          throw new DetectionError('not_found', `There is no active model of "${detectorId}" in this space.`);
        }
        const query: Query = {
          ...{ state: options.state, sort: options.sort, order: 'desc', page: 1, size: options.size },
          ...{ ignored: options.ignored ? 'show' : 'hide', intervals: 28 },
          ...(options.entity !== undefined && { entity: options.entity }),
          ...(options.text !== undefined && { text: options.text }),
          ...(options.from !== undefined && { from: timeOf('from', options.from) }),
          ...(options.to !== undefined && { to: timeOf('to', options.to) }),
        };
        const { detector } = active.snapshot;
        const found = await listLogPatterns(client, { space, id: detectorId, detector }, query, clock.now());
        if (found.patterns.length === 0) await refuseUnreadable(client, [patternsIndex(space)]);
        session.result(found, () => textOf(found));
      });
    },
  );

/** @throws DetectionError `invalid_input` */
function checkChoices({ ignore, hear, merge, into, takeApart }: Options): void {
  const given = { '--ignore': ignore, '--hear': hear, '--merge': merge, '--take-apart': takeApart };
  const chosen = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (chosen.length > 1) {
    throw new DetectionError('invalid_input', `${chosen.join(' and ')} are given; at most one is allowed.`);
  }
  if ((merge === undefined) !== (into === undefined)) {
    throw new DetectionError('invalid_input', '--merge and --into are given together.');
  }
}

/** Merges a pattern into another one, or takes apart what was merged into it. */
async function regroup(
  session: Session,
  client: ElasticsearchClient,
  pattern: { readonly detectorId: string; readonly patternId: string },
  { into, because }: Options,
): Promise<void> {
  const { space } = session.config;
  const stores = {
    patterns: createPatternStore(client, pattern.detectorId, { space }),
    audit: createAuditTrail(client, { space }),
    clock: session.clock,
  };
  const signature = { ...(await authorOf(client)), ...(because !== undefined && { because }) };
  const { patternId } = pattern;
  if (into === undefined) {
    await takePatternApart(stores, pattern, signature);
    session.result(
      { pattern: patternId, apart: true },
      () => `All that was merged into pattern ${patternId} is taken apart from the next bucket on.`,
    );
    return;
  }
  await mergePatternInto(stores, pattern, into, signature);
  session.result(
    { pattern: patternId, into },
    () => `Pattern ${patternId} is a part of ${into} from the next bucket on.`,
  );
}

/** @throws DetectionError `invalid_input` */
function timeOf(option: string, text: string): number {
  const time = parseInstant(text);
  if (Number.isFinite(time)) return time;
  throw new DetectionError(
    'invalid_input',
    `--${option} is ${JSON.stringify(text)}; allowed: a time in ISO 8601, such as 2026-11-05T12:00:00Z.`,
  );
}

const BARS = '▁▂▃▄▅▆▇█';
const trendOf = (trend: readonly number[]): string => {
  const most = Math.max(1, ...trend);
  return trend.map((logs) => (logs === 0 ? ' ' : BARS[Math.ceil((logs / most) * BARS.length) - 1])).join('');
};

function textOf({ total, patterns: found, events, other_logs: others }: Found): string {
  if (total === 0 && events.length === 0) {
    return 'There is no such pattern. A detector counts patterns where it has the setting patterns: { field: message }.';
  }
  const more = total > found.length ? [`… and ${total - found.length} more.`] : [];
  return [
    ...found.map(
      ({ id, text, state, logs, trend, last_seen: last, entity_states: states }) =>
        `${state.padEnd(9)} ${String(logs).padStart(8)}  |${trendOf(trend)}|  ${printable(text, 120)}\n` +
        `          ${id}  last ${last}` +
        states.map(({ entity, state: of }) => `, ${of} in ${printable(entity, 40)}`).join(''),
    ),
    ...more,
    ...(others > 0 ? [`${others} logs follow none of the patterns that are kept.`] : []),
    ...events.map(
      ({ time, change, text, entity, count, usual }) =>
        `${time}  ${change}${entity === undefined ? '' : ` in ${printable(entity, 40)}`}: ${printable(text, 120)} (${count} logs, ${usual.toFixed(1)} usual)`,
    ),
  ].join('\n');
}
