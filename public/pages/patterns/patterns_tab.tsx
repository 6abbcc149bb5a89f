import React, { useState, type ReactElement } from 'react';
import {
  EuiBadge,
  EuiBasicTable,
  EuiButton,
  EuiButtonEmpty,
  EuiButtonGroup,
  EuiEmptyPrompt,
  EuiFlexGroup,
  EuiFlexItem,
  EuiSelect,
  EuiSpacer,
  EuiSwitch,
  EuiText,
  useEuiTheme,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { LogPatternBody } from '../../../common/api';
import { entityFieldsText, entityKql } from '../../../common/detector/entity_fields';
import { useApp } from '../../shared/app/app_context';
import type { DetectorView } from '../../shared/detector/detector_view';
import { RequestState } from '../../shared/requests/request_state';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';
import { DiscoverLink } from '../../shared/results/discover_button';
import type { LogsToShow } from '../../shared/results/discover_link';
import { useDiscover } from '../../shared/results/use_discover';
import { formatCount, formatTime } from '../../shared/values/format';
import { patternStateName } from '../../shared/values/pattern_state';

const PAGE_SIZE = 25;
const SPARK_WIDTH = 140;
const SPARK_HEIGHT = 28;

/** Patterns of the logs of a detector: counts, trend and state of each, with its logs in Discover. */
export default function PatternsTab({ record, reload }: DetectorView): ReactElement {
  const { api, canWrite } = useApp();
  const { id, detector } = record;
  const [isChanged, setIsChanged] = useState('all');
  const [entity, setEntity] = useState('');
  const [page, setPage] = useState(0);
  const request = useRequest(
    (signal) =>
      api(
        'listLogPatterns',
        {
          params: { id },
          query: {
            state: isChanged === 'changed' ? 'changed' : 'all',
            ignored: isChanged === 'ignored' ? 'only' : 'hide',
            ...(entity !== '' && { entity }),
            page: page + 1,
            size: PAGE_SIZE,
          },
        },
        signal,
      ),
    [api, id, isChanged, entity, page],
  );
  const { run, isBusy } = useAction(() => {
    request.reload();
    reload();
  });
  if (detector.patterns === undefined) {
    return (
      <NotCounted
        field={messageFieldOf(detector)}
        isBusy={isBusy}
        isPossible={detector.unit !== 'bucket' && detector.scoring !== 'ingest'}
        count={
          canWrite
            ? (field) =>
                void run(() =>
                  api('updateDetector', {
                    params: { id },
                    body: { detector: { ...detector, patterns: { field } }, version: record.version },
                  }),
                )
            : undefined
        }
      />
    );
  }
  const { patterns: settings } = detector;
  const tell = (results: boolean): Promise<boolean> =>
    run(() =>
      api('updateDetector', {
        params: { id },
        body: { detector: { ...detector, patterns: { ...settings, results } }, version: record.version },
      }),
    );
  const ignore = (pattern: LogPatternBody): Promise<boolean> =>
    run(() =>
      api('updateLogPattern', {
        params: { id, pattern_id: pattern.id },
        body: { ignored: pattern.ignored === undefined },
      }),
    );
  return (
    <div data-test-subj="logAnomaliesPatterns">
      <EuiText size="s" color="subdued">
        {i18n.translate('logAnomalies.logPatterns.explained', {
          defaultMessage:
            'Kinds of messages in {field} over the last seven days. Each is compared with what is usual at this hour of the week.',
          values: { field: detector.patterns.field },
        })}
      </EuiText>
      <EuiSpacer size="s" />
      <EuiSwitch
        compressed
        label={i18n.translate('logAnomalies.logPatterns.areResults', {
          defaultMessage: 'Changes are anomalies: incidents, rules and messages tell of them',
        })}
        checked={settings.results !== false}
        disabled={!canWrite || isBusy}
        onChange={({ target }) => void tell(target.checked)}
        data-test-subj="logAnomaliesPatternResults"
      />
      <EuiSpacer size="m" />
      <RequestState request={request}>
        {(found) => (
          <>
            <EuiFlexGroup gutterSize="m" alignItems="center" responsive={false} wrap>
              <EuiFlexItem grow={false}>
                <EuiButtonGroup
                  legend={i18n.translate('logAnomalies.logPatterns.which', {
                    defaultMessage: 'Patterns shown',
                  })}
                  options={FILTERS.map((name) => ({ id: name, label: filterName(name) }))}
                  idSelected={isChanged}
                  onChange={(chosen) => {
                    setIsChanged(chosen);
                    setPage(0);
                  }}
                  buttonSize="compressed"
                />
              </EuiFlexItem>
              {(found.entities.length > 0 || entity !== '') && (
                <EuiFlexItem grow={false}>
                  <EuiSelect
                    compressed
                    value={entity}
                    aria-label={entityFieldsText(detector)}
                    options={[
                      {
                        value: '',
                        text: i18n.translate('logAnomalies.logPatterns.allEntities', {
                          defaultMessage: 'All together',
                        }),
                      },
                      ...[...new Set([...found.entities, ...(entity === '' ? [] : [entity])])].map(
                        (name) => ({
                          value: name,
                          text: name,
                        }),
                      ),
                    ]}
                    onChange={({ target }) => {
                      setEntity(target.value);
                      setPage(0);
                    }}
                    data-test-subj="logAnomaliesPatternEntity"
                  />
                </EuiFlexItem>
              )}
            </EuiFlexGroup>
            <EuiSpacer size="s" />
            <PatternsTable
              patterns={found.patterns}
              total={found.total}
              page={page}
              setPage={setPage}
              from={found.from}
              to={found.to}
              entity={entity}
              record={record}
              ignore={canWrite && !isBusy ? ignore : undefined}
            />
            {found.other_logs > 0 && (
              <EuiText size="xs" color="subdued">
                {i18n.translate('logAnomalies.logPatterns.others', {
                  defaultMessage: '{count} logs follow none of the patterns that are kept.',
                  values: { count: formatCount(found.other_logs) },
                })}
              </EuiText>
            )}
          </>
        )}
      </RequestState>
    </div>
  );
}

const FILTERS = ['all', 'changed', 'ignored'] as const;
function filterName(name: (typeof FILTERS)[number]): string {
  switch (name) {
    case 'all':
      return i18n.translate('logAnomalies.logPatterns.all', { defaultMessage: 'All' });
    case 'changed':
      return i18n.translate('logAnomalies.logPatterns.changed', { defaultMessage: 'Changed' });
    case 'ignored':
      return i18n.translate('logAnomalies.logPatterns.ignored', { defaultMessage: 'Ignored' });
  }
}

/** Returns the field whose messages a detector looks at, or the usual one. */
const messageFieldOf = ({ features }: DetectorView['record']['detector']): string =>
  features.find(({ type }) => type === 'template')?.field ?? 'message';

const NotCounted = (props: {
  field: string;
  /** False: the detector does not read messages. */
  isPossible: boolean;
  isBusy: boolean;
  /** Absent for whoever may not. */
  count: ((field: string) => void) | undefined;
}): ReactElement => (
  <EuiEmptyPrompt
    iconType="visLine"
    title={
      <h2>
        {i18n.translate('logAnomalies.logPatterns.none', { defaultMessage: 'No patterns are counted' })}
      </h2>
    }
    body={
      <p>
        {props.isPossible
          ? i18n.translate('logAnomalies.logPatterns.howTo', {
              defaultMessage:
                'Counted by kind of message, logs tell of a new message, of one that comes more or less often than usual, and of one that stays away. Counting begins with the next run.',
            })
          : i18n.translate('logAnomalies.logPatterns.cannot', {
              defaultMessage:
                'A detector that judges spans of time, or whose logs Elasticsearch scores as they arrive, reads no messages. One that judges each log by itself can count their kinds.',
            })}
      </p>
    }
    actions={
      props.isPossible &&
      props.count && (
        <EuiButton
          isLoading={props.isBusy}
          onClick={() => props.count?.(props.field)}
          data-test-subj="logAnomaliesCountPatterns"
        >
          {i18n.translate('logAnomalies.logPatterns.count', {
            defaultMessage: 'Count the kinds of messages in {field}',
            values: { field: props.field },
          })}
        </EuiButton>
      )
    }
    data-test-subj="logAnomaliesNoPatterns"
  />
);

function PatternsTable(props: {
  patterns: readonly LogPatternBody[];
  total: number;
  page: number;
  setPage: (page: number) => void;
  from: string;
  to: string;
  entity: string;
  record: DetectorView['record'];
  /** Absent for whoever may not. */
  ignore: ((pattern: LogPatternBody) => void) | undefined;
}): ReactElement {
  const { patterns, total, page, setPage, from, to, entity, record, ignore } = props;
  const discover = useDiscover();
  const { source } = record.detector;
  const inEntity = entityKql(record.detector, entity || undefined);
  const logsOf = ({ kql }: LogPatternBody): LogsToShow => ({
    index: source.index,
    timestampField: source.timestamp_field,
    timeRange: { from, to },
    query: inEntity === '' ? kql : `${kql} and ${inEntity}`,
  });
  return (
    <EuiBasicTable<LogPatternBody>
      tableCaption={i18n.translate('logAnomalies.logPatterns.caption', {
        defaultMessage: 'Patterns of logs',
      })}
      items={[...patterns]}
      itemId="id"
      tableLayout="auto"
      columns={[
        {
          name: i18n.translate('logAnomalies.logPatterns.state', { defaultMessage: 'State' }),
          render: (pattern: LogPatternBody) => <StateBadge pattern={pattern} />,
        },
        {
          name: i18n.translate('logAnomalies.logPatterns.pattern', { defaultMessage: 'Pattern' }),
          width: '45%',
          render: ({ text, example, last_seen: last }: LogPatternBody) => (
            <div>
              <EuiText size="s">
                <code>{text}</code>
              </EuiText>
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
          ),
        },
        {
          name: i18n.translate('logAnomalies.logPatterns.trend', { defaultMessage: 'Seven days' }),
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
              <EuiButtonEmpty
                size="xs"
                flush="left"
                isDisabled={ignore === undefined}
                onClick={() => ignore?.(pattern)}
                data-test-subj="logAnomaliesIgnorePattern"
              >
                {pattern.ignored === undefined
                  ? i18n.translate('logAnomalies.logPatterns.ignore', { defaultMessage: 'Ignore' })
                  : i18n.translate('logAnomalies.logPatterns.hear', { defaultMessage: 'Hear of it again' })}
              </EuiButtonEmpty>
            </div>
          ),
        },
      ]}
      pagination={{ pageIndex: page, pageSize: PAGE_SIZE, totalItemCount: total, showPerPageOptions: false }}
      onChange={({ page: chosen }: { page?: { index: number } }) => setPage(chosen?.index ?? 0)}
      noItemsMessage={i18n.translate('logAnomalies.logPatterns.nothing', {
        defaultMessage: 'There is no such pattern. Patterns appear when the first bucket is over.',
      })}
      data-test-subj="logAnomaliesPatternsTable"
    />
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
