import React, { type ReactElement } from 'react';
import { EuiButton, EuiButtonEmpty, EuiCallOut, EuiFlexGroup, EuiFlexItem, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { DetectorStatus, ModelRecordBody } from '../../../common/api';
import { formatTime } from '../../shared/values/format';

/** A new model that is tried beside the active one or waits for somebody, and the watch over one that has just taken over. */
export function CandidateState(props: {
  status: DetectorStatus;
  models: readonly ModelRecordBody[];
  /** Absent when the user may not. */
  promote?: (model: ModelRecordBody) => void;
  showGate: (model: ModelRecordBody) => void;
}): ReactElement | null {
  const { status, models, promote, showGate } = props;
  const { candidate, watch } = status;
  const model = models.find(({ version }) => version === candidate?.version);
  return (
    <>
      {candidate && (
        <>
          <EuiCallOut
            size="s"
            color={candidate.state === 'waiting' ? 'warning' : 'primary'}
            iconType={candidate.state === 'waiting' ? icon('questionInCircle') : 'clock'}
            title={
              candidate.state === 'waiting'
                ? i18n.translate('logAnomalies.candidate.waiting', {
                    defaultMessage: 'The model of {time} waits for you: shall it take over?',
                    values: { time: formatTime(candidate.since) },
                  })
                : i18n.translate('logAnomalies.candidate.shadowing', {
                    defaultMessage:
                      'The model of {time} is tried in shadow beside the active one; its checks decide at {until}',
                    values: {
                      time: formatTime(candidate.since),
                      until: candidate.until === undefined ? '–' : formatTime(candidate.until),
                    },
                  })
            }
            data-test-subj="logAnomaliesCandidate"
          >
            {model && (
              <EuiFlexGroup gutterSize="s" responsive={false} wrap>
                {model.gate && (
                  <EuiFlexItem grow={false}>
                    <EuiButtonEmpty size="s" onClick={() => showGate(model)}>
                      {i18n.translate('logAnomalies.candidate.report', {
                        defaultMessage: 'See what was checked',
                      })}
                    </EuiButtonEmpty>
                  </EuiFlexItem>
                )}
                {promote && candidate.state === 'waiting' && (
                  <EuiFlexItem grow={false}>
                    <EuiButton
                      size="s"
                      iconType={icon('launch')}
                      onClick={() => promote(model)}
                      data-test-subj="logAnomaliesPromoteWaiting"
                    >
                      {i18n.translate('logAnomalies.models.promote', { defaultMessage: 'Promote' })}
                    </EuiButton>
                  </EuiFlexItem>
                )}
              </EuiFlexGroup>
            )}
          </EuiCallOut>
          <EuiSpacer size="m" />
        </>
      )}
      {watch && <WatchState watch={watch} models={models} />}
    </>
  );
}

function WatchState(props: {
  watch: NonNullable<DetectorStatus['watch']>;
  models: readonly ModelRecordBody[];
}): ReactElement | null {
  const { watch, models } = props;
  // As the table calls models; one that was deleted has only its version left.
  const nameOf = (version: string): string => {
    const model = models.find((each) => each.version === version);
    return model ? formatTime(model.created_at) : version;
  };
  const values = {
    version: nameOf(watch.version),
    until: formatTime(watch.until),
    previous: nameOf(watch.previous),
  };
  switch (watch.state) {
    case 'ended':
      return watch.reasons === undefined ? null : (
        <Said
          color="warning"
          icon="eye"
          title={i18n.translate('logAnomalies.watch.ended', {
            defaultMessage: 'The model of {version} stays and is not watched any more',
            values,
          })}
          reasons={watch.reasons}
        />
      );
    case 'watching':
      return (
        <Said
          color="primary"
          icon="eye"
          title={i18n.translate('logAnomalies.watch.watching', {
            defaultMessage:
              'The model of {version} has just taken over and is watched until {until}; if it breaks its limits, that of {previous} comes back by itself',
            values,
          })}
        />
      );
    case 'kept':
      return (
        <Said
          color="success"
          icon="check"
          title={i18n.translate('logAnomalies.watch.kept', {
            defaultMessage: 'The model of {version} held its limits until {until} and stays',
            values,
          })}
        />
      );
    case 'taken_back':
      return (
        <Said
          color="danger"
          icon={icon('editorUndo')}
          title={i18n.translate('logAnomalies.watch.takenBack', {
            defaultMessage:
              'The model of {version} exceeded its limits and was reverted; the model of {previous} is active again',
            values,
          })}
          reasons={watch.reasons}
        />
      );
  }
}

const Said = (props: {
  color: 'primary' | 'success' | 'warning' | 'danger';
  icon: string;
  title: string;
  reasons?: readonly string[];
}): ReactElement => (
  <>
    <EuiCallOut
      size="s"
      color={props.color}
      iconType={props.icon}
      title={props.title}
      data-test-subj="logAnomaliesWatch"
    >
      {props.reasons && props.reasons.length > 0 && (
        <ul>
          {props.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </EuiCallOut>
    <EuiSpacer size="m" />
  </>
);
