import React, { type ReactElement, type ReactNode } from 'react';
import { EuiBadge, EuiBasicTable, EuiButtonEmpty, EuiText, useEuiTheme } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { LogPatternBody } from '../../../common/api';
import { entityKql } from '../../../common/detector/entity_fields';
import { filtersOfSource } from '../../../common/findings/logs_of_result';
import type { DetectorView } from '../../shared/detector/detector_view';
import { DiscoverLink } from '../../shared/results/discover_button';
import type { LogsToShow } from '../../shared/results/discover_link';
import { useDiscover } from '../../shared/results/use_discover';
import { formatCount, formatTime } from '../../shared/values/format';
import { patternStateName } from '../../shared/values/pattern_state';

export const PAGE_SIZE = 25;
const SPARK_WIDTH = 140;
const SPARK_HEIGHT = 28;

/** Changes of patterns by whoever may. */
interface PatternChanges {
  readonly isBusy: boolean;
  readonly ignore: (pattern: LogPatternBody) => void;
  readonly takeApart: (pattern: LogPatternBody) => void;
  /** Given those that are ticked. */
  readonly choose: (patterns: readonly LogPatternBody[]) => void;
}

/** A page of patterns with their states, trends and logs in Discover. */
export function PatternsTable(props: {
  patterns: readonly LogPatternBody[];
  total: number;
  page: number;
  setPage: (page: number) => void;
  from: string;
  to: string;
  entity: string;
  record: DetectorView['record'];
  /** Absent for whoever may not. */
  change: PatternChanges | undefined;
  /** Stands for the rows where there is none, in place of a sentence. */
  none?: ReactNode;
}): ReactElement {
  const { patterns, total, page, setPage, from, to, entity, record, change, none } = props;
  const discover = useDiscover();
  const { source } = record.detector;
  const inEntity = entityKql(record.detector, entity || undefined);
  const logsOf = ({ kql }: LogPatternBody): LogsToShow => ({
    index: source.index,
    timestampField: source.timestamp_field,
    timeRange: { from, to },
    query: inEntity === '' ? kql : `${kql} and ${inEntity}`,
    filters: filtersOfSource(source),
  });
  return (
    <EuiBasicTable<LogPatternBody>
      tableCaption={i18n.translate('logAnomalies.logPatterns.caption', {
        defaultMessage: 'Patterns of logs',
      })}
      items={[...patterns]}
      itemId="id"
      tableLayout="auto"
      selection={change && { onSelectionChange: change.choose, selectable: isChoosable }}
      columns={[
        {
          name: i18n.translate('logAnomalies.logPatterns.state', { defaultMessage: 'State' }),
          render: (pattern: LogPatternBody) => <StateBadge pattern={pattern} />,
        },
        {
          name: i18n.translate('logAnomalies.logPatterns.pattern', { defaultMessage: 'Pattern' }),
          width: '45%',
          render: (pattern: LogPatternBody) => <PatternText pattern={pattern} />,
        },
        {
          name: i18n.translate('logAnomalies.logPatterns.overTime', { defaultMessage: 'Logs over time' }),
          render: ({ trend }: LogPatternBody) => <Sparkline trend={trend} />,
        },
        {
          name: i18n.translate('logAnomalies.logPatterns.logs', { defaultMessage: 'Logs' }),
          align: 'right' as const,
          render: ({ logs }: LogPatternBody) => formatCount(logs),
        },
        {
          name: i18n.translate('logAnomalies.logPatterns.actions', { defaultMessage: 'Actions' }),
          render: (pattern: LogPatternBody) => (
            <div>
              {discover.maySee && (
                <>
                  <DiscoverLink
                    discover={discover}
                    logs={logsOf(pattern)}
                    subject="logAnomaliesPatternDiscover"
                  >
                    {i18n.translate('logAnomalies.logPatterns.discover', { defaultMessage: 'Discover' })}
                  </DiscoverLink>
                  <br />
                </>
              )}
              <ChangeButtons pattern={pattern} change={change} />
            </div>
          ),
        },
      ]}
      pagination={{ pageIndex: page, pageSize: PAGE_SIZE, totalItemCount: total, showPerPageOptions: false }}
      onChange={({ page: chosen }: { page?: { index: number } }) => setPage(chosen?.index ?? 0)}
      noItemsMessage={
        none ||
        i18n.translate('logAnomalies.logPatterns.nothing', {
          defaultMessage: 'There is no such pattern. Patterns appear when the first bucket is over.',
        })
      }
      data-test-subj="logAnomaliesPatternsTable"
    />
  );
}

/** One that is to be taken apart can be merged once it is. */
const isChoosable = ({ is_to_be_taken_apart: isLeaving }: LogPatternBody): boolean => isLeaving !== true;

function PatternText({ pattern }: { pattern: LogPatternBody }): ReactElement {
  const { text, example, last_seen: last, forms = [], is_to_be_taken_apart: isLeaving } = pattern;
  return (
    <div>
      <EuiText size="s">
        <code>{text}</code>
      </EuiText>
      {forms.map((form) => (
        <EuiText size="xs" key={form} data-test-subj="logAnomaliesPatternForm">
          {i18n.translate('logAnomalies.logPatterns.mergedWith', { defaultMessage: 'merged with' })}{' '}
          <code>{form}</code>
        </EuiText>
      ))}
      {isLeaving && (
        <EuiText size="xs" data-test-subj="logAnomaliesPatternLeaves">
          {i18n.translate('logAnomalies.logPatterns.leaves', {
            defaultMessage: 'taken apart from the next bucket on',
          })}
        </EuiText>
      )}
      <EuiText size="xs" color="subdued">
        {example}
      </EuiText>
      <EuiText size="xs" color="subdued">
        {i18n.translate('logAnomalies.logPatterns.last', {
          defaultMessage: 'last {time}',
          values: { time: formatTime(last) },
        })}
      </EuiText>
    </div>
  );
}

function ChangeButtons({
  pattern,
  change,
}: {
  pattern: LogPatternBody;
  change: PatternChanges | undefined;
}): ReactElement {
  const isDisabled = change === undefined || change.isBusy;
  return (
    <>
      <EuiButtonEmpty
        size="xs"
        flush="left"
        isDisabled={isDisabled}
        onClick={() => change?.ignore(pattern)}
        data-test-subj="logAnomaliesIgnorePattern"
      >
        {pattern.ignored === undefined
          ? i18n.translate('logAnomalies.logPatterns.ignore', { defaultMessage: 'Ignore' })
          : i18n.translate('logAnomalies.logPatterns.hear', { defaultMessage: 'Hear of it again' })}
      </EuiButtonEmpty>
      {pattern.forms !== undefined && pattern.is_to_be_taken_apart !== true && (
        <>
          <br />
          <EuiButtonEmpty
            size="xs"
            flush="left"
            isDisabled={isDisabled}
            onClick={() => change?.takeApart(pattern)}
            data-test-subj="logAnomaliesTakePatternApart"
          >
            {i18n.translate('logAnomalies.logPatterns.takeApart', { defaultMessage: 'Take apart' })}
          </EuiButtonEmpty>
        </>
      )}
    </>
  );
}

const COLORS = {
  new: 'accent',
  surging: 'danger',
  dropping: 'warning',
  vanished: 'danger',
  returned: 'primary',
  usual: 'hollow',
} as const;

function StateBadge({ pattern }: { pattern: LogPatternBody }): ReactElement {
  const { state, state_since: since, entity_states: entities } = pattern;
  return (
    <div>
      <EuiBadge color={COLORS[state]}>{patternStateName(state)}</EuiBadge>
      {state !== 'usual' && (
        <EuiText size="xs" color="subdued">
          {i18n.translate('logAnomalies.logPatterns.since', {
            defaultMessage: 'since {time}',
            values: { time: formatTime(since) },
          })}
        </EuiText>
      )}
      {entities.map(({ entity, state: of }) => (
        <EuiText size="xs" key={entity}>
          {i18n.translate('logAnomalies.logPatterns.inEntity', {
            defaultMessage: '{state} in {entity}',
            values: { state: patternStateName(of), entity },
          })}
        </EuiText>
      ))}
    </div>
  );
}

function Sparkline({ trend }: { trend: readonly number[] }): ReactElement {
  const { euiTheme } = useEuiTheme();
  const most = Math.max(1, ...trend);
  const width = SPARK_WIDTH / Math.max(1, trend.length);
  return (
    <svg
      role="img"
      width={SPARK_WIDTH}
      height={SPARK_HEIGHT}
      aria-label={i18n.translate('logAnomalies.logPatterns.trendLabel', {
        defaultMessage: 'Logs over time, at most {most} in one bar',
        values: { most: formatCount(most) },
      })}
    >
      {trend.map((logs, place) => {
        const height = logs === 0 ? 0 : Math.max(1, (logs / most) * SPARK_HEIGHT);
        return (
          <rect
            key={place}
            x={place * width}
            y={SPARK_HEIGHT - height}
            width={Math.max(1, width - 1)}
            height={height}
            fill={euiTheme.colors.primary}
          />
        );
      })}
    </svg>
  );
}
