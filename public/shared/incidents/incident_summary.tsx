import React, { type ReactElement } from 'react';
import { EuiLink, EuiSpacer, EuiText, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { IncidentBody } from '../../../common/api';
import { AppLink } from '../app/app_link';
import { FewLines } from '../results/few_lines';
import { reasonText } from '../results/sentence_text';
import { precedenceSentence } from '../values/annotation_text';
import { formatTime } from '../values/format';
import { SeverityLabel } from '../values/severity';

/** Leading reasons of an incident, and its first and last line. */
export function IncidentSummary({ incident }: { incident: IncidentBody }): ReactElement {
  const { reasons, first_line: first, last_line: last, preceded_by: preceding } = incident;
  const lines = [
    ...(first
      ? [
          {
            name: i18n.translate('logAnomalies.incident.firstLine', { defaultMessage: 'First' }),
            ...first,
          },
        ]
      : []),
    ...(last && last.result_id !== first?.result_id
      ? [
          {
            name: i18n.translate('logAnomalies.incident.lastLine', { defaultMessage: 'Last' }),
            ...last,
          },
        ]
      : []),
  ];
  return (
    <div data-test-subj="logAnomaliesIncidentSummary">
      <EuiTitle size="xxs">
        <h3>{i18n.translate('logAnomalies.incident.reasons', { defaultMessage: 'Why it stands out' })}</h3>
      </EuiTitle>
      <EuiText size="s" className="eui-textBreakWord">
        <ul>
          {reasons.map((reason) => (
            <li key={reason.result_id}>
              <SeverityLabel severity={reason.severity} confidence={reason.confidence} size="s" />{' '}
              <AppLink to={resultPath(reason.result_id)}>{formatTime(reason.time)}</AppLink>{' '}
              {reasonText(reason)}
            </li>
          ))}
        </ul>
        {preceding !== undefined && (
          <p data-test-subj="logAnomaliesPrecededBy">
            <strong>{precedenceSentence(preceding, incident)}</strong>{' '}
            {preceding.url === undefined ? (
              preceding.title
            ) : (
              <EuiLink href={preceding.url} target="_blank" rel="noreferrer">
                {preceding.title}
              </EuiLink>
            )}
          </p>
        )}
      </EuiText>
      {lines.length > 0 && (
        <>
          <EuiSpacer size="s" />
          <EuiText size="xs" className="eui-textBreakWord">
            <ul>
              {lines.map(({ name, time, line, result_id: id }) => (
                <li key={name}>
                  <strong>{name}</strong> <AppLink to={resultPath(id)}>{formatTime(time)}</AppLink>
                  <FewLines lines={2} text={line}>
                    <code>{line}</code>
                  </FewLines>
                </li>
              ))}
            </ul>
          </EuiText>
        </>
      )}
    </div>
  );
}

const resultPath = (id: string): string => `/results/${encodeURIComponent(id)}`;
