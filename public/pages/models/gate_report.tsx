import React, { type ReactElement } from 'react';
import { EuiBasicTable, EuiCallOut, EuiHealth, EuiIconTip, EuiSpacer, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { CandidateCheck, CandidateGate, GateCheckName, GateVerdict } from '../../../common/api/gate';
import { formatCount, formatShare, formatTime } from '../../shared/values/format';
import { checkText, kindText } from './check_text';
import { Doubts } from './doubts';
import { VERDICT_COLORS, verdictName } from './gate_verdict';

/** Report of the gate on a new model beside the active one: passed, failed or up to a person, with reasons. */
export function GateReport({ gate }: { gate: CandidateGate }): ReactElement {
  const { candidate, active, planted } = gate;
  const lines = measureLines(gate);
  return (
    <div data-test-subj="logAnomaliesGate">
      <EuiCallOut size="s" {...LOOKS[gate.verdict]} title={verdictSentence(gate.verdict)}>
        <Doubts gate={gate} />
        <EuiText size="xs" color="subdued">
          {i18n.translate('logAnomalies.gate.logs', {
            defaultMessage: 'Both models over the same {count} logs from {from} to {to}.',
            values: {
              count: formatCount(gate.logs),
              from: formatTime(gate.from),
              to: formatTime(gate.to),
            },
          })}
        </EuiText>
      </EuiCallOut>
      <EuiSpacer size="s" />
      <EuiBasicTable<Line>
        compressed
        items={lines}
        itemId="what"
        tableCaption={i18n.translate('logAnomalies.gate.measures', {
          defaultMessage: 'The new model beside the active one',
        })}
        columns={[
          {
            name: '',
            render: ({ what, help }: Line) =>
              help === undefined ? (
                what
              ) : (
                <span>
                  {what} <EuiIconTip content={help} />
                </span>
              ),
          },
          {
            field: 'candidate',
            name: i18n.translate('logAnomalies.gate.candidate', { defaultMessage: 'New model' }),
          },
          ...(active
            ? [
                {
                  field: 'active' as const,
                  name: i18n.translate('logAnomalies.gate.active', { defaultMessage: 'Active model' }),
                },
              ]
            : []),
        ]}
      />
      <EuiSpacer size="s" />
      <Checks checks={gate.checks} />
      {planted.length > 0 && (
        <EuiText size="xs" color="subdued">
          {i18n.translate('logAnomalies.gate.planted', {
            defaultMessage: 'Of the trial anomalies, found by kind: {kinds}.',
            values: {
              kinds: planted
                .map(({ kind, logs, found_by_candidate: found }) => `${kindText(kind)} ${found}/${logs}`)
                .join(', '),
            },
          })}
        </EuiText>
      )}
      {candidate.feature_drift && (
        <EuiText size="xs" color="subdued">
          {i18n.translate('logAnomalies.gate.moved', {
            defaultMessage: 'Moved most since its training: {feature} ({drift}).',
            values: {
              feature: candidate.feature_drift.feature,
              drift: candidate.feature_drift.drift.toFixed(2),
            },
          })}
        </EuiText>
      )}
    </div>
  );
}

/** The anomalies that people judged: the known ones without those of labels. */
function judgedOf({ known, labelled }: CandidateGate['candidate']): { logs: number; found: number } {
  return labelled === undefined
    ? { logs: 0, found: 0 }
    : { logs: known.logs - labelled.logs, found: known.found - labelled.found };
}

interface Line {
  readonly what: string;
  readonly help?: string;
  readonly candidate: string;
  readonly active: string;
}

function measureLines({ candidate, active }: CandidateGate): Line[] {
  type Measures = typeof candidate;
  const line = (what: string, of: (measures: Measures) => string): Line => ({
    what,
    candidate: of(candidate),
    active: active ? of(active) : '',
  });
  const found = ({ found: count, logs }: Measures['known']): string =>
    logs === 0
      ? '–'
      : i18n.translate('logAnomalies.gate.foundOf', {
          defaultMessage: '{found} of {logs}',
          values: { found: formatCount(count), logs: formatCount(logs) },
        });
  const isTold = ({ logs }: Measures['known']): boolean => logs > 0;
  const knownLines = [
    {
      // Older reports do not tell labels from verdicts.
      isShown: [candidate, active].some((each) => each !== undefined && !each.labelled && isTold(each.known)),
      line: line(
        i18n.translate('logAnomalies.gate.known', {
          defaultMessage: 'Found of the anomalies known from labels and feedback',
        }),
        ({ known }) => found(known),
      ),
    },
    {
      isShown: isTold(judgedOf(candidate)),
      line: line(
        i18n.translate('logAnomalies.gate.judged', {
          defaultMessage: 'Found of the anomalies that people called real',
        }),
        (measures) => found(judgedOf(measures)),
      ),
    },
    {
      isShown: candidate.labelled !== undefined && isTold(candidate.labelled),
      line: line(
        i18n.translate('logAnomalies.gate.labelled', {
          defaultMessage: 'Found of those that a label field of the logs names',
        }),
        ({ labelled }) => (labelled ? found(labelled) : '–'),
      ),
    },
  ];
  return [
    line(
      i18n.translate('logAnomalies.gate.alerts', { defaultMessage: 'Anomalies a day' }),
      ({ alerts_per_day: count }) => formatCount(count),
    ),
    line(
      i18n.translate('logAnomalies.gate.falseAlarmsADay', { defaultMessage: 'False alarms a day' }),
      ({ false_alarms_per_day: count }) => formatCount(count),
    ),
    line(
      i18n.translate('logAnomalies.compare.flagged', { defaultMessage: 'Share of logs flagged' }),
      ({ alert_share: share }) => formatShare(share),
    ),
    ...knownLines.flatMap((known) => (known.isShown ? [known.line] : [])),
    {
      ...line(
        i18n.translate('logAnomalies.gate.plantedFound', { defaultMessage: 'Found of the trial anomalies' }),
        ({ planted }) => found(planted),
      ),
      help: i18n.translate('logAnomalies.gate.plantedHelp', {
        defaultMessage:
          'Copies of recent logs, each changed in one place: a far value, a value never seen, a failing status, an attack, an unknown message. They are made for this check alone and stored nowhere. Many are subtle, so a low share is no fault by itself; a new model must find those that the active one finds.',
      }),
    },
    line(
      i18n.translate('logAnomalies.gate.scoreDrift', { defaultMessage: 'Drift of the scores' }),
      ({ score_drift: drift }) => drift.toFixed(2),
    ),
    line(
      i18n.translate('logAnomalies.gate.cost', { defaultMessage: 'Microseconds a log' }),
      ({ microseconds_per_log: cost }) => formatCount(cost),
    ),
  ];
}

const LOOKS = {
  pass: { color: 'success', iconType: 'check' },
  ask: { color: 'warning', iconType: icon('questionInCircle') },
  fail: { color: 'danger', iconType: 'cross' },
} as const;

function verdictSentence(verdict: GateVerdict): string {
  switch (verdict) {
    case 'pass':
      return i18n.translate('logAnomalies.gate.passed', {
        defaultMessage: 'It passed every check: it may take over',
      });
    case 'ask':
      return i18n.translate('logAnomalies.gate.asked', {
        defaultMessage: 'Nothing is wrong for certain, but somebody should look before it takes over',
      });
    case 'fail':
      return i18n.translate('logAnomalies.gate.failed', {
        defaultMessage: 'It failed its checks: it would make things worse',
      });
  }
}

function checkName(name: GateCheckName): string {
  switch (name) {
    case 'training_rows':
      return i18n.translate('logAnomalies.gate.trainingRows', { defaultMessage: 'Enough to learn from' });
    case 'false_alarms':
      return i18n.translate('logAnomalies.gate.falseAlarms', { defaultMessage: 'False alarms' });
    case 'score_drift':
      return i18n.translate('logAnomalies.gate.scoresFit', {
        defaultMessage: 'Scores like those of training',
      });
    case 'feature_drift':
      return i18n.translate('logAnomalies.gate.featuresFit', {
        defaultMessage: 'Features like those of training',
      });
    case 'planted_found':
      return i18n.translate('logAnomalies.gate.findsPlanted', { defaultMessage: 'Finds trial anomalies' });
    case 'planted_kinds':
      return i18n.translate('logAnomalies.gate.findsKinds', { defaultMessage: 'Of every kind' });
    case 'silence':
      return i18n.translate('logAnomalies.gate.silence', { defaultMessage: 'Not silent' });
    case 'known_found':
      return i18n.translate('logAnomalies.gate.findsKnown', { defaultMessage: 'Finds known anomalies' });
    case 'agreement':
      return i18n.translate('logAnomalies.gate.agreement', {
        defaultMessage: 'Agrees with the active model',
      });
    case 'cost':
      return i18n.translate('logAnomalies.gate.cheap', { defaultMessage: 'Cost' });
    case 'blind_features':
      return i18n.translate('logAnomalies.gate.blind', { defaultMessage: 'Sees every feature' });
    case 'pipeline':
      return i18n.translate('logAnomalies.gate.pipeline', {
        defaultMessage: 'Works as an ingest pipeline',
      });
  }
}

function Checks({ checks }: { checks: CandidateGate['checks'] }): ReactElement {
  return (
    <EuiBasicTable<CandidateCheck>
      compressed
      items={checks}
      itemId="message"
      tableCaption={i18n.translate('logAnomalies.gate.checks', { defaultMessage: 'Check' })}
      columns={[
        {
          field: 'name',
          name: i18n.translate('logAnomalies.gate.checks', { defaultMessage: 'Check' }),
          width: '26%',
          render: checkName,
        },
        {
          field: 'verdict',
          name: i18n.translate('logAnomalies.gate.verdict', { defaultMessage: 'Verdict' }),
          width: '110px',
          render: (verdict: GateVerdict) => (
            <EuiHealth color={VERDICT_COLORS[verdict]} textSize="xs">
              {verdictName(verdict)}
            </EuiHealth>
          ),
        },
        {
          name: i18n.translate('logAnomalies.gate.message', { defaultMessage: 'Result' }),
          render: (check: CandidateCheck) => <EuiText size="xs">{checkText(check)}</EuiText>,
        },
      ]}
    />
  );
}
