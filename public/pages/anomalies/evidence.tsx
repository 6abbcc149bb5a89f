import React, { type ReactElement, type ReactNode } from 'react';
import { EuiBadge, EuiLoadingSpinner, EuiSpacer, EuiText, EuiTitle } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { AppLink } from '../../shared/app/app_link';
import { formatCount, formatTime } from '../../shared/values/format';
import { severityText } from '../../shared/values/severity';
import { entityName } from '../../shared/values/entity_name';
import { FewLines } from '../../shared/results/few_lines';
import { logLine } from '../../shared/results/log_line';
import { reasonText } from '../../shared/results/sentence_text';
import type { Found } from '../../shared/results/results_table';
import { lineOf } from '../../shared/results/results_table';
import { useRequest } from '../../shared/requests/use_request';
import { MessagePattern } from './message_pattern';

type Parts = Answer<'getEvidence'>;
type Neighbours = NonNullable<Parts['neighbours']['value']>;
type Similar = NonNullable<Parts['similar']['value']>;

/** Shows the evidence for one result: how often such a log comes, the lines around it, and how similar results were judged. */
export function Evidence({ found }: { found: Found }): ReactElement {
  const { api } = useApp();
  const { value, failure } = useRequest(
    (signal) => api('getEvidence', { params: { result_id: found.id } }, signal),
    [api, found.id],
  );
  const show = <Value,>(
    pick: (parts: Parts) => { value?: Value; failure?: { code: string; message: string } },
    content: (value: Value) => ReactNode,
  ): ReactNode => {
    if (value === undefined && failure === undefined) return <EuiLoadingSpinner size="m" />;
    const part = value ? pick(value) : { failure: { code: failure?.code, message: failure?.message ?? '' } };
    if ('value' in part && part.value !== undefined) return content(part.value);
    return <Muted>{reasonOf(part.failure)}</Muted>;
  };
  return (
    <section data-test-subj="logAnomaliesEvidence">
      <EuiTitle size="xs">
        <h3>{i18n.translate('logAnomalies.evidence.title', { defaultMessage: 'Evidence' })}</h3>
      </EuiTitle>
      <Part title={i18n.translate('logAnomalies.evidence.often', { defaultMessage: 'How often it comes' })}>
        {show(
          (parts) => parts.pattern,
          (pattern) => (
            <MessagePattern pattern={pattern} />
          ),
        )}
      </Part>
      <Part
        title={i18n.translate('logAnomalies.evidence.around', { defaultMessage: 'Just before and after' })}
      >
        {show(
          (parts) => parts.neighbours,
          (neighbours) => (
            <Surroundings neighbours={neighbours} found={found} />
          ),
        )}
      </Part>
      <Part title={i18n.translate('logAnomalies.evidence.similar', { defaultMessage: 'Anomalies like it' })}>
        {show(
          (parts) => parts.similar,
          (similar) => (
            <SimilarResults similar={similar} />
          ),
        )}
      </Part>
    </section>
  );
}

const Part = ({ title, children }: { title: string; children: ReactNode }): ReactElement => (
  <>
    <EuiSpacer size="s" />
    <EuiTitle size="xxs">
      <h4>{title}</h4>
    </EuiTitle>
    {children}
  </>
);

const Muted = ({ children }: { children: ReactNode }): ReactElement => (
  <EuiText size="s" color="subdued">
    {children}
  </EuiText>
);

const reasonOf = (failure: { code?: string; message: string } | undefined): string =>
  failure?.code === 'forbidden'
    ? i18n.translate('logAnomalies.evidence.forbidden', {
        defaultMessage: 'Not available: you do not have permission to read the logs.',
      })
    : i18n.translate('logAnomalies.evidence.failed', {
        defaultMessage: 'This could not be found out: {reason}',
        values: { reason: failure?.message ?? '' },
      });

function Surroundings({ neighbours, found }: { neighbours: Neighbours; found: Found }): ReactElement {
  const { of, before, after } = neighbours;
  if (before.length + after.length === 0) {
    return (
      <Muted>
        {of === 'logs'
          ? i18n.translate('logAnomalies.evidence.alone', {
              defaultMessage: 'No other log of it within an hour before and after.',
            })
          : i18n.translate('logAnomalies.evidence.onlyResult', {
              defaultMessage: 'It has no other anomaly, before or after.',
            })}
      </Muted>
    );
  }
  const line = ({ id, time, log }: Neighbours['before'][number]): ReactElement => (
    <li key={id}>
      <FewLines lines={3} text={logLine(log) ?? id}>
        {of === 'results' ? (
          <AppLink to={resultPath(id)}>{formatTime(time)}</AppLink>
        ) : (
          <span>{formatTime(time)}</span>
        )}{' '}
        <code>{logLine(log) ?? id}</code>
      </FewLines>
    </li>
  );
  return (
    <EuiText size="xs" className="eui-textBreakWord" data-test-subj="logAnomaliesNeighbours">
      <ul>
        {before.map(line)}
        <li aria-current="true">
          <FewLines lines={3} text={lineOf(found.result)}>
            <strong>
              {formatTime(found.result['@timestamp'])} {lineOf(found.result)}
            </strong>
          </FewLines>
        </li>
        {after.map(line)}
      </ul>
    </EuiText>
  );
}

function SimilarResults({ similar: { total, judged, results } }: { similar: Similar }): ReactElement {
  if (total === 0) {
    return (
      <Muted>
        {i18n.translate('logAnomalies.evidence.none', { defaultMessage: 'It is the first of its kind.' })}
      </Muted>
    );
  }
  return (
    <EuiText size="xs" className="eui-textBreakWord" data-test-subj="logAnomaliesSimilar">
      <p>
        {i18n.translate('logAnomalies.evidence.judged', {
          defaultMessage:
            '{count} in all: {real} judged real, {normal} judged not an anomaly, {unjudged} not judged.',
          values: {
            count: formatCount(total),
            real: formatCount(judged.real),
            normal: formatCount(judged.not_an_anomaly),
            unjudged: formatCount(judged.unjudged),
          },
        })}
      </p>
      <ul>
        {results.map(({ id, time, confidence, entity, reason, attribution, suppressed, verdict }) => (
          <li key={id}>
            <AppLink to={resultPath(id)}>{formatTime(time)}</AppLink>{' '}
            {[severityText(confidence), entity && entityName(entity), reasonText({ attribution, reason })]
              .filter(Boolean)
              .join(' · ')}{' '}
            {verdict !== undefined && (
              <EuiBadge color={verdict === 'real' ? 'success' : 'hollow'}>
                {verdict === 'real'
                  ? i18n.translate('logAnomalies.evidence.real', { defaultMessage: 'real' })
                  : i18n.translate('logAnomalies.evidence.normal', { defaultMessage: 'not an anomaly' })}
              </EuiBadge>
            )}
            {suppressed && (
              <EuiBadge color="hollow" iconType={icon('eyeClosed')}>
                {i18n.translate('logAnomalies.results.hidden', { defaultMessage: 'hidden' })}
              </EuiBadge>
            )}
          </li>
        ))}
      </ul>
    </EuiText>
  );
}

const resultPath = (id: string): string => `/results/${encodeURIComponent(id)}`;
