import React, { useState, type ReactElement } from 'react';
import { EuiFlexGroup, EuiFlexItem, EuiFormRow, EuiSelect, EuiSpacer, EuiSwitch } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { DAY } from '../../../common/duration';
import { useApp } from '../../shared/app/app_context';
import { Section } from '../../shared/layout/section';
import { entityName } from '../../shared/values/entity_name';
import { RequestState } from '../../shared/requests/request_state';
import { useRequest } from '../../shared/requests/use_request';
import type { Interval } from '../../shared/values/time_range';
import { ChangeAnswer } from './change_answer';

/** A window that is to be explained. */
interface Explained {
  readonly detectorId: string;
  readonly window: Interval;
  /** The one entity that it is about. */
  readonly entity?: string;
}

const BASELINES = ['before', 'day', 'week'] as const;
type Baseline = (typeof BASELINES)[number];
/** The same time so long before; absent: the default of the server. */
const BACK: Partial<Record<Baseline, number>> = { day: DAY, week: 7 * DAY };

/** Part of a page that says what explains a window of time; it asks once it is opened, since that reads many logs. */
export const ChangeSection = (props: Explained & { isOpenAtFirst?: boolean }): ReactElement => (
  <Section
    id="logAnomaliesChange"
    title={i18n.translate('logAnomalies.explainChange.title', {
      defaultMessage: 'What explains this change',
    })}
    isOpenAtFirst={props.isOpenAtFirst}
  >
    <Change {...props} />
  </Section>
);

function Change({ detectorId, window, entity }: Explained): ReactElement {
  const { api } = useApp();
  const [baseline, setBaseline] = useState<Baseline>('before');
  const [isOfEntity, setIsOfEntity] = useState(true);
  const { from, to } = window;
  const length = to - from;
  const back = BACK[baseline];
  const query = {
    from,
    to,
    ...(back !== undefined && length <= back && { baseline_from: from - back, baseline_to: to - back }),
    ...(entity !== undefined && isOfEntity && { entity }),
  };
  const request = useRequest(
    (signal) => api('explainChange', { params: { id: detectorId }, query }, signal),
    [api, detectorId, JSON.stringify(query)],
  );
  return (
    <>
      <EuiFlexGroup gutterSize="m" alignItems="center" wrap>
        <EuiFlexItem grow={false} style={{ minWidth: 440 }}>
          <EuiFormRow
            label={i18n.translate('logAnomalies.explainChange.comparedWith', {
              defaultMessage: 'Compared with',
            })}
            display="columnCompressed"
          >
            <EuiSelect
              compressed
              value={baseline}
              options={BASELINES.map((value) => ({
                value,
                text: baselineText(value),
                disabled: length > (BACK[value] ?? Infinity),
              }))}
              onChange={({ target }) => setBaseline(target.value as Baseline)}
              data-test-subj="logAnomaliesChangeBaseline"
            />
          </EuiFormRow>
        </EuiFlexItem>
        {entity !== undefined && (
          <EuiFlexItem grow={false}>
            <EuiSwitch
              compressed
              checked={isOfEntity}
              label={i18n.translate('logAnomalies.explainChange.onlyEntity', {
                defaultMessage: 'Only logs of {entity}',
                values: { entity: entityName(entity) },
              })}
              onChange={({ target }) => setIsOfEntity(target.checked)}
              data-test-subj="logAnomaliesChangeOfEntity"
            />
          </EuiFlexItem>
        )}
      </EuiFlexGroup>
      <EuiSpacer size="s" />
      <div aria-busy={request.isLoading} style={request.isLoading ? { opacity: 0.6 } : undefined}>
        <RequestState request={request}>
          {(found) => <ChangeAnswer found={found} detectorId={detectorId} />}
        </RequestState>
      </div>
    </>
  );
}

function baselineText(baseline: Baseline): string {
  switch (baseline) {
    case 'before':
      return i18n.translate('logAnomalies.explainChange.before', {
        defaultMessage: 'four times as long, just before',
      });
    case 'day':
      return i18n.translate('logAnomalies.explainChange.dayBefore', {
        defaultMessage: 'the same time a day before',
      });
    case 'week':
      return i18n.translate('logAnomalies.explainChange.weekBefore', {
        defaultMessage: 'the same time a week before',
      });
  }
}
