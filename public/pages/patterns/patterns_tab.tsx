import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiButtonGroup,
  EuiEmptyPrompt,
  EuiFlexGroup,
  EuiFlexItem,
  EuiSelect,
  EuiSpacer,
  EuiSwitch,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { LogPatternBody } from '../../../common/api';
import { entityFieldsText } from '../../../common/detector/entity_fields';
import { useApp } from '../../shared/app/app_context';
import type { DetectorView } from '../../shared/detector/detector_view';
import { RequestState } from '../../shared/requests/request_state';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';
import { formatCount } from '../../shared/values/format';
import { PAGE_SIZE, PatternsTable } from './patterns_table';
import { MergeButton, TakeApart } from './regroup_patterns';

/** Patterns of the logs of a detector: counts, trend and state of each, with its logs in Discover. */
export default function PatternsTab({ record, reload }: DetectorView): ReactElement {
  const { api, canWrite } = useApp();
  const { id, detector } = record;
  const [isChanged, setIsChanged] = useState('all');
  const [entity, setEntity] = useState('');
  const [page, setPage] = useState(0);
  const [chosen, setChosen] = useState<readonly LogPatternBody[]>([]);
  const [whole, setWhole] = useState<LogPatternBody>();
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
                  onChange={(which) => {
                    setIsChanged(which);
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
              change={canWrite ? { isBusy, ignore, takeApart: setWhole, choose: setChosen } : undefined}
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
