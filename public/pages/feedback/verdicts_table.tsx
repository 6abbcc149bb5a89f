import React, { type ReactElement } from 'react';
import {
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiCallOut,
  EuiHealth,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { formatCount, formatTime } from '../../shared/values/format';
import { useAction } from '../../shared/requests/use_action';
import { saidColumn, takeBackColumns, untilColumn } from './said_columns';
import { scopeName } from './scope_name';

type Said = Answer<'listFeedback'>['feedback'][number];

/** Lists the verdicts on single results, marks contradictions, and lets each be withdrawn. */
export function VerdictsTable(props: {
  detectorId: string;
  said: Answer<'listFeedback'>;
  /** Number of results that a verdict hides. */
  hiddenBy: (said: Said) => number | undefined;
  changed: () => void;
}): ReactElement {
  const { detectorId, said, hiddenBy, changed } = props;
  const { api, canWrite } = useApp();
  const { run, isBusy } = useAction(changed);
  const title = i18n.translate('logAnomalies.verdicts.title', { defaultMessage: 'Judged anomalies' });
  return (
    <>
      <EuiTitle size="xs">
        <h2>{title}</h2>
      </EuiTitle>
      {said.contradictions.length > 0 && (
        <>
          <EuiSpacer size="s" />
          <EuiCallOut
            size="s"
            color="warning"
            iconType={icon('questionInCircle')}
            title={i18n.translate('logAnomalies.replay.contradictions', {
              defaultMessage: 'People have judged logs like these differently',
            })}
            data-test-subj="logAnomaliesContradictions"
          >
            <ul>
              {said.contradictions.map(({ pattern, real, not_an_anomaly: normal }) => (
                <li key={pattern}>
                  {i18n.translate('logAnomalies.replay.contradiction', {
                    defaultMessage: '{pattern}: marked as real by {real}, as normal by {normal}',
                    values: { pattern, real: names(real), normal: names(normal) },
                  })}
                </li>
              ))}
            </ul>
          </EuiCallOut>
        </>
      )}
      <EuiBasicTable<Said>
        compressed
        data-test-subj="logAnomaliesVerdicts"
        items={said.feedback}
        itemId={({ source }) => `${source.index} ${source.id}`}
        tableCaption={title}
        noItemsMessage={i18n.translate('logAnomalies.verdicts.none', {
          defaultMessage: 'Nobody has judged an anomaly yet. Open one and say whether it is real.',
        })}
        columns={[
          ...judgedColumns(),
          {
            name: i18n.translate('logAnomalies.verdicts.scope', { defaultMessage: 'Reaches' }),
            width: '16%',
            render: ({ verdict, scope }: Said) => scopeName(verdict === 'real' ? 'one' : (scope ?? 'one')),
          },
          {
            field: 'comment',
            name: i18n.translate('logAnomalies.feedback.comment', { defaultMessage: 'Comment' }),
            render: (comment: string | undefined) => comment ?? '–',
          },
          untilColumn(),
          {
            name: i18n.translate('logAnomalies.suppression.hidden', { defaultMessage: 'Hidden so far' }),
            width: '150px',
            render: (verdict: Said) => {
              const hidden = hiddenBy(verdict);
              return hidden === undefined ? '–' : formatCount(hidden);
            },
          },
          saidColumn(),
          ...takeBackColumns<Said>(canWrite, isBusy, {
            description: i18n.translate('logAnomalies.verdicts.undo', {
              defaultMessage: 'Take the judgement back, and show again what it hides',
            }),
            subject: 'logAnomaliesTakeBack',
            onClick: ({ source: { index, id } }) =>
              void run(
                () => api('removeFeedback', { params: { id: detectorId }, query: { index, id } }),
                i18n.translate('logAnomalies.suppression.removed', {
                  defaultMessage: 'The hidden results are shown again',
                }),
              ),
          }),
        ]}
      />
    </>
  );
}

/** Columns of the verdict and of the log that it is on. */
const judgedColumns = (): EuiBasicTableColumn<Said>[] => [
  {
    field: 'verdict',
    name: i18n.translate('logAnomalies.verdicts.verdict', { defaultMessage: 'Judged' }),
    width: '160px',
    render: (verdict: Said['verdict']) => (
      <EuiHealth color={verdict === 'real' ? 'danger' : 'subdued'} textSize="xs">
        {verdictName(verdict)}
      </EuiHealth>
    ),
  },
  {
    name: i18n.translate('logAnomalies.results.log', { defaultMessage: 'Log' }),
    render: ({ source, judged }: Said) => (
      <EuiText size="xs" className="eui-textBreakWord">
        <code>{judged?.pattern ?? source.id}</code>
        <div>{[judged?.time && formatTime(judged.time), judged?.entity].filter(Boolean).join(' · ')}</div>
      </EuiText>
    ),
  },
];

const names = (said: readonly Said[]): string => [...new Set(said.map(({ by }) => by ?? '–'))].join(', ');

function verdictName(verdict: Said['verdict']): string {
  return verdict === 'real'
    ? i18n.translate('logAnomalies.verdicts.real', { defaultMessage: 'real' })
    : i18n.translate('logAnomalies.suppression.feedback', { defaultMessage: 'not an anomaly' });
}
