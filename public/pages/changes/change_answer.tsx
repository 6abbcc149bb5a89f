import React, { type ReactElement } from 'react';
import { EuiBadge, EuiBasicTable, EuiCallOut, EuiPanel, EuiSpacer, EuiText, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { DetectorRecord } from '../../../common/api';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { useRequest } from '../../shared/requests/use_request';
import { DiscoverLink } from '../../shared/results/discover_button';
import { useDiscover, type Discover } from '../../shared/results/use_discover';
import { FewLines } from '../../shared/results/few_lines';
import { valueText } from '../../shared/results/sentence_text';
import { formatCount, formatPart, formatTime } from '../../shared/values/format';
import { factText, foundInText, ratioText, remarkText, type ChangedValue } from './change_text';

type Found = Answer<'explainChange'>;
type Source = DetectorRecord['detector']['source'];
type Shift = Found['numbers'][number];

/** Differences between two times: groups of values that changed together, and numbers that shifted. */
export function ChangeAnswer({ found, detectorId }: { found: Found; detectorId: string }): ReactElement {
  const { window, baseline, rate_ratio: rateRatio, groups, numbers, remarks } = found;
  const { api } = useApp();
  const record = useRequest(
    (signal) => api('getDetector', { params: { id: detectorId } }, signal),
    [api, detectorId],
  );
  const isEmpty = window.logs === 0 || baseline.logs === 0;
  return (
    <div data-test-subj="logAnomaliesChangeAnswer">
      <EuiText size="s">
        <p>
          {i18n.translate('logAnomalies.explainChange.logs', {
            defaultMessage:
              '{count} logs from {from} to {to}; compared with {before} logs from {start} to {end}{rate, select, none {} other {: {rate} in the same time}}.',
            values: {
              count: formatCount(window.logs),
              from: formatTime(window.from),
              to: formatTime(window.to),
              before: formatCount(baseline.logs),
              start: formatTime(baseline.from),
              end: formatTime(baseline.to),
              rate: rateRatio === null ? 'none' : ratioText(rateRatio),
            },
          })}
        </p>
      </EuiText>
      {remarks.length > 0 && (
        <>
          <EuiSpacer size="s" />
          <EuiCallOut
            size="s"
            color={isEmpty ? 'warning' : 'primary'}
            title={remarks.map(remarkText).join(' ')}
          />
        </>
      )}
      {!isEmpty && groups.length + numbers.length === 0 && (
        <EuiText size="s" color="subdued">
          <p>
            {i18n.translate('logAnomalies.explainChange.nothing', {
              defaultMessage: 'No value, pattern or number has changed beyond what is usual.',
            })}
          </p>
        </EuiText>
      )}
      {groups.map((group, place) => (
        <React.Fragment key={`${place} ${group.values[0].field} ${String(group.values[0].value)}`}>
          <EuiSpacer size="m" />
          <Group group={group} place={place} found={found} source={record.value?.detector.source} />
        </React.Fragment>
      ))}
      {numbers.length > 0 && <Numbers numbers={numbers} />}
    </div>
  );
}

function Group(props: {
  group: Found['groups'][number];
  place: number;
  found: Found;
  source: Source | undefined;
}): ReactElement {
  const { group, place, found, source } = props;
  const discover = useDiscover();
  const title =
    group.direction === 'more'
      ? i18n.translate('logAnomalies.explainChange.more', {
          defaultMessage: '{place}. More logs with',
          values: { place: place + 1 },
        })
      : i18n.translate('logAnomalies.explainChange.fewer', {
          defaultMessage: '{place}. Fewer logs with',
          values: { place: place + 1 },
        });
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="s" data-test-subj="logAnomaliesChangeGroup">
      <EuiTitle size="xxs">
        <h3>{title}</h3>
      </EuiTitle>
      <EuiBasicTable<ChangedValue>
        compressed
        items={group.values}
        tableCaption={title}
        // The columns of one group stand below those of the other.
        tableLayout="fixed"
        columns={[
          {
            name: i18n.translate('logAnomalies.explainChange.value', { defaultMessage: 'Value' }),
            width: '45%',
            render: (value: ChangedValue) => (
              <FewLines lines={3} text={value.example ?? factText(value)}>
                <FactLink value={value} found={found} source={source} discover={discover} />
              </FewLines>
            ),
          },
          {
            name: i18n.translate('logAnomalies.explainChange.now', { defaultMessage: 'Logs now' }),
            width: '18%',
            render: ({ window, estimated }: ChangedValue) =>
              `${estimated ? '≈ ' : ''}${countAndShare(window)}`,
          },
          {
            name: i18n.translate('logAnomalies.explainChange.usual', {
              defaultMessage: 'Usual in such a time',
            }),
            render: ({ usual, baseline }: ChangedValue) =>
              usual.low === usual.high
                ? countAndShare({ logs: usual.low, share: baseline.share })
                : i18n.translate('logAnomalies.explainChange.usualRange', {
                    defaultMessage: '{low} to {high} ({share})',
                    values: {
                      low: formatCount(usual.low),
                      high: formatCount(usual.high),
                      share: formatPart(baseline.share),
                    },
                  }),
          },
          {
            name: i18n.translate('logAnomalies.explainChange.change', { defaultMessage: 'Share' }),
            width: '12%',
            render: ({ is_new: isNew, is_gone: isGone, lift }: ChangedValue) =>
              isNew ? (
                <EuiBadge color="warning">
                  {i18n.translate('logAnomalies.explainChange.new', { defaultMessage: 'new' })}
                </EuiBadge>
              ) : isGone ? (
                <EuiBadge color="warning">
                  {i18n.translate('logAnomalies.explainChange.gone', { defaultMessage: 'gone' })}
                </EuiBadge>
              ) : lift === null ? (
                '–'
              ) : (
                ratioText(lift)
              ),
          },
        ]}
      />
      {group.found_in.length > 0 && (
        <EuiText size="xs" className="eui-textBreakWord">
          <p>
            {i18n.translate('logAnomalies.explainChange.foundIn', { defaultMessage: 'Found in' })}{' '}
            {group.found_in.map(foundInText).join('; ')}
          </p>
        </EuiText>
      )}
    </EuiPanel>
  );
}

const countAndShare = ({ logs, share }: { logs: number; share: number }): string =>
  `${formatCount(logs)} (${formatPart(share)})`;

/** A value with a link to its logs in Discover; a pattern, which no query finds exactly, has none. */
function FactLink(props: {
  value: ChangedValue;
  found: Found;
  source: Source | undefined;
  discover: Discover;
}): ReactElement {
  const { value, found, source, discover } = props;
  const text = factText(value);
  const { kind, field } = value;
  if (source === undefined || kind === 'pattern') return <span>{text}</span>;
  const { from, to } = value.window.logs === 0 ? found.baseline : found.window;
  const logs = {
    index: source.index,
    timestampField: source.timestamp_field,
    timeRange: { from, to },
    query: kind === 'missing' ? `not ${field} : *` : `${field} : ${JSON.stringify(value.value)}`,
  };
  return (
    <DiscoverLink discover={discover} logs={logs}>
      {text}
    </DiscoverLink>
  );
}

function Numbers({ numbers }: { numbers: Found['numbers'] }): ReactElement {
  const title = i18n.translate('logAnomalies.explainChange.numbers', {
    defaultMessage: 'Numbers that shifted',
  });
  const column = (name: string, pick: (of: Shift['window']) => number) => ({
    name,
    render: ({ window, baseline, field, unit }: Shift) => {
      const text = (number: number): string => valueText(number, { field, unit });
      return `${text(pick(baseline))} → ${text(pick(window))}`;
    },
  });
  return (
    <>
      <EuiSpacer size="m" />
      <EuiPanel hasBorder hasShadow={false} paddingSize="s" data-test-subj="logAnomaliesChangeNumbers">
        <EuiTitle size="xxs">
          <h3>{title}</h3>
        </EuiTitle>
        <EuiBasicTable<Shift>
          compressed
          items={numbers}
          tableCaption={title}
          columns={[
            {
              name: i18n.translate('logAnomalies.explainChange.field', { defaultMessage: 'Field' }),
              render: ({ field, group }: Shift) =>
                group === undefined
                  ? field
                  : i18n.translate('logAnomalies.explainChange.numberOfGroup', {
                      defaultMessage: '{field} (in the logs of {place})',
                      values: { field, place: group + 1 },
                    }),
            },
            column(
              i18n.translate('logAnomalies.explainChange.median', { defaultMessage: 'Median' }),
              ({ median }) => median,
            ),
            column(
              i18n.translate('logAnomalies.explainChange.p95', { defaultMessage: '95th percentile' }),
              ({ p95 }) => p95,
            ),
          ]}
        />
      </EuiPanel>
    </>
  );
}
