import React, { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import {
  EuiButton,
  EuiButtonGroup,
  EuiEmptyPrompt,
  EuiFlexGroup,
  EuiFlexItem,
  EuiSelect,
  EuiSpacer,
  EuiSuperDatePicker,
  EuiSwitch,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { LogPatternBody } from '../../../common/api';
import type { DetectorInput } from '../../../common/detector';
import { entityFieldsText } from '../../../common/detector/entity_fields';
import { useApp } from '../../shared/app/app_context';
import type { DetectorView } from '../../shared/detector/detector_view';
import { RequestState } from '../../shared/requests/request_state';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';
import { formatCount } from '../../shared/values/format';
import { resolveRange, type TimeRange } from '../../shared/values/time_range';
import { NothingCounted } from './nothing_counted';
import { PAGE_SIZE, PatternsTable } from './patterns_table';
import { MergeButton, TakeApart } from './regroup_patterns';

const DEFAULT_RANGE: TimeRange = { from: 'now-7d', to: 'now' };

/** Patterns of the logs of a detector: counts, trend and state of each, with its logs in Discover. */
export default function PatternsTab(view: DetectorView): ReactElement {
  const { record, status, reload } = view;
  const { api, canWrite, location } = useApp();
  const { id, detector } = record;
  const { from = DEFAULT_RANGE.from, to = DEFAULT_RANGE.to } = location.query;
  const [shown, setShown] = useState('all');
  const [entity, setEntity] = useState('');
  const [chosen, setChosen] = useState<readonly LogPatternBody[]>([]);
  const [whole, setWhole] = useState<LogPatternBody>();
  const { request, page, setPage } = usePatterns(id, { shown, entity, from, to, run: status.last_run?.id });
  const { run, isBusy } = useAction(() => {
    request.reload();
    reload();
  });
  const save = (patterns: DetectorInput['patterns']): Promise<boolean> =>
    run(() => {
      const body = { detector: { ...detector, patterns }, version: record.version };
      return api('updateDetector', { params: { id }, body });
    });
  const { patterns: settings } = detector;
  if (settings === undefined) {
    return (
      <NotCounted record={record} isBusy={isBusy} count={canWrite && ((field) => void save({ field }))} />
    );
  }
  const ignore = (pattern: LogPatternBody): Promise<boolean> =>
    run(() =>
      api('updateLogPattern', {
        params: { id, pattern_id: pattern.id },
        body: { ignored: pattern.ignored === undefined },
      }),
    );
  return (
    <div data-test-subj="logAnomaliesPatterns">
      <Explained
        field={settings.field}
        areResults={settings.results !== false}
        isDisabled={!canWrite || isBusy}
        tell={(results) => save({ ...settings, results })}
      >
        <TimePicker range={{ from, to }} request={request} turn={setPage} />
      </Explained>
      <RequestState request={request}>
        {(found) => (
          <>
            <Filters
              shown={shown}
              show={(which) => {
                setShown(which);
                setPage(0);
              }}
              entity={entity}
              entities={found.entities}
              entityLabel={entityFieldsText(detector)}
              chooseEntity={(name) => {
                setEntity(name);
                setPage(0);
              }}
            >
              {canWrite && (
                <EuiFlexItem grow={false}>
                  <MergeButton
                    record={record}
                    chosen={found.patterns.filter((each) => chosen.some(({ id: of }) => of === each.id))}
                    isBusy={isBusy}
                    run={run}
                  />
                </EuiFlexItem>
              )}
            </Filters>
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
              change={canWrite ? { isBusy, ignore, takeApart: setWhole, choose: setChosen } : undefined}
              none={!found.counting_since && <NothingCounted {...view} />}
            />
            {whole && (
              <TakeApart
                record={record}
                pattern={whole}
                isBusy={isBusy}
                run={run}
                close={() => setWhole(undefined)}
              />
            )}
            <OtherLogs count={found.other_logs} />
          </>
        )}
      </RequestState>
    </div>
  );
}

/** Loads a page of the patterns, anew after each run, which may bring some that a person waits for. */
function usePatterns(
  id: string,
  asked: TimeRange & { readonly shown: string; readonly entity: string; readonly run: string | undefined },
) {
  const { shown, entity, from, to, run: lastRun } = asked;
  const { api } = useApp();
  const [page, setPage] = useState(0);
  const request = useRequest(
    async (signal) => {
      const query = {
        state: shown === 'changed' ? ('changed' as const) : ('all' as const),
        ignored: shown === 'ignored' ? ('only' as const) : ('hide' as const),
        ...(entity !== '' && { entity }),
        ...resolveRange({ from, to }),
        page: page + 1,
        size: PAGE_SIZE,
      };
      return { page, ...(await api('listLogPatterns', { params: { id }, query }, signal)) };
    },
    [api, id, shown, entity, from, to, page],
    undefined,
    lastRun,
  );
  // Rows that were ignored or merged leave fewer pages.
  const { value } = request;
  useEffect(() => {
    if (value === undefined || value.page !== page || page === 0 || value.patterns.length > 0) return;
    setPage(Math.min(page - 1, Math.max(0, Math.ceil(value.total / PAGE_SIZE) - 1)));
  }, [value, page]);
  return { request, page, setPage };
}

const OtherLogs = ({ count }: { count: number }): ReactElement | null =>
  count === 0 ? null : (
    <EuiText size="xs" color="subdued">
      {i18n.translate('logAnomalies.logPatterns.others', {
        defaultMessage: '{count} logs follow none of the patterns that are kept.',
        values: { count: formatCount(count) },
      })}
    </EuiText>
  );

/** Chooses the time whose logs are counted; it stands in the address. */
function TimePicker(props: {
  range: TimeRange;
  request: { readonly isLoading: boolean; reload(): void };
  /** Goes to a page of the patterns. */
  turn: (page: number) => void;
}): ReactElement {
  const { range, request, turn } = props;
  const { setQuery } = useApp();
  return (
    <EuiSuperDatePicker
      compressed
      start={range.from}
      end={range.to}
      isLoading={request.isLoading}
      onTimeChange={({ start, end }) => {
        if (start === range.from && end === range.to) {
          request.reload();
          return;
        }
        turn(0);
        setQuery({ from: start, to: end });
      }}
    />
  );
}

/** Says what the tab shows, with the switch that makes changes anomalies; what stands beside them are children. */
function Explained(props: {
  field: string;
  areResults: boolean;
  isDisabled: boolean;
  tell: (results: boolean) => Promise<boolean>;
  children: ReactNode;
}): ReactElement {
  const { field, areResults, isDisabled, tell, children } = props;
  return (
    <>
      <EuiFlexGroup gutterSize="m" alignItems="flexStart" wrap>
        <EuiFlexItem style={{ minWidth: 260 }}>
          <EuiText size="s" color="subdued">
            {i18n.translate('logAnomalies.logPatterns.kinds', {
              defaultMessage:
                'Kinds of messages in {field}. Each is compared with what is usual at this hour of the week.',
              values: { field },
            })}
          </EuiText>
          <EuiSpacer size="s" />
          <EuiSwitch
            compressed
            label={i18n.translate('logAnomalies.logPatterns.areResults', {
              defaultMessage: 'Changes are anomalies: incidents, rules and messages tell of them',
            })}
            checked={areResults}
            disabled={isDisabled}
            onChange={({ target }) => void tell(target.checked)}
            data-test-subj="logAnomaliesPatternResults"
          />
        </EuiFlexItem>
        <EuiFlexItem grow={false}>{children}</EuiFlexItem>
      </EuiFlexGroup>
      <EuiSpacer size="m" />
    </>
  );
}

/** Choice of the patterns by their state and by entity; what follows in the same row are children. */
function Filters(props: {
  shown: string;
  show: (which: string) => void;
  entity: string;
  entities: readonly string[];
  entityLabel: string;
  chooseEntity: (name: string) => void;
  children: ReactNode;
}): ReactElement {
  const { shown, show, entity, entities, entityLabel, chooseEntity, children } = props;
  return (
    <EuiFlexGroup gutterSize="m" alignItems="center" responsive={false} wrap>
      <EuiFlexItem grow={false}>
        <EuiButtonGroup
          legend={i18n.translate('logAnomalies.logPatterns.which', {
            defaultMessage: 'Patterns shown',
          })}
          options={FILTERS.map((name) => ({ id: name, label: filterName(name) }))}
          idSelected={shown}
          onChange={show}
          buttonSize="compressed"
        />
      </EuiFlexItem>
      {(entities.length > 0 || entity !== '') && (
        <EuiFlexItem grow={false}>
          <EuiSelect
            compressed
            value={entity}
            aria-label={entityLabel}
            options={[
              {
                value: '',
                text: i18n.translate('logAnomalies.logPatterns.allEntities', {
                  defaultMessage: 'All together',
                }),
              },
              ...[...new Set([...entities, ...(entity === '' ? [] : [entity])])].map((name) => ({
                value: name,
                text: name,
              })),
            ]}
            onChange={({ target }) => chooseEntity(target.value)}
            data-test-subj="logAnomaliesPatternEntity"
          />
        </EuiFlexItem>
      )}
      {children}
    </EuiFlexGroup>
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

function NotCounted(props: {
  record: DetectorView['record'];
  isBusy: boolean;
  /** False for whoever may not. */
  count: false | ((field: string) => void);
}): ReactElement {
  const { isBusy, count } = props;
  const { detector } = props.record;
  const field = messageFieldOf(detector);
  // Else the detector does not read messages.
  const isPossible = detector.unit !== 'bucket' && detector.scoring !== 'ingest';
  return (
    <EuiEmptyPrompt
      iconType="visLine"
      title={
        <h2>
          {i18n.translate('logAnomalies.logPatterns.none', { defaultMessage: 'No patterns are counted' })}
        </h2>
      }
      body={
        <p>
          {isPossible
            ? i18n.translate('logAnomalies.logPatterns.howTo', {
                defaultMessage:
                  'Counting logs by kind of message shows which messages are new, come more or less often than usual, or stay away. Counting begins with the next run; logs of the past are counted when these are scored.',
              })
            : i18n.translate('logAnomalies.logPatterns.cannot', {
                defaultMessage:
                  'A detector that judges spans of time, or whose logs Elasticsearch scores as they arrive, reads no messages. One that judges each log by itself can count their kinds.',
              })}
        </p>
      }
      actions={
        isPossible &&
        count && (
          <EuiButton
            isLoading={isBusy}
            onClick={() => count(field)}
            data-test-subj="logAnomaliesCountPatterns"
          >
            {i18n.translate('logAnomalies.logPatterns.count', {
              defaultMessage: 'Count the kinds of messages in “{field}”',
              values: { field },
            })}
          </EuiButton>
        )
      }
      data-test-subj="logAnomaliesNoPatterns"
    />
  );
}
