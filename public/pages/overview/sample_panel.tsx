import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiButtonEmpty,
  EuiConfirmModal,
  EuiCallOut,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPanel,
  EuiProgress,
  EuiSpacer,
  EuiSteps,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { SampleReport } from '../../../common/api';
import { useApp } from '../../shared/app/app_context';
import { FailureText } from '../../shared/requests/failure_text';
import { formatCount } from '../../shared/values/format';
import { isUnderWay, type Sample } from './use_sample';

const STEPS = ['writing', 'training', 'scoring'] as const;

function stepTitle(step: (typeof STEPS)[number]): string {
  switch (step) {
    case 'writing':
      return i18n.translate('logAnomalies.sample.writing', { defaultMessage: 'Make a week of sample logs' });
    case 'training':
      return i18n.translate('logAnomalies.sample.training', {
        defaultMessage: 'Learn what is usual in them',
      });
    case 'scoring':
      return i18n.translate('logAnomalies.sample.scoring', { defaultMessage: 'Score them all' });
  }
}

/** Shows the progress of the sample logs, their errors, and a button that removes them. */
export function SamplePanel({ sample }: { sample: Sample }): ReactElement | null {
  const { failure, warnings } = sample;
  const { value } = sample.request;
  return (
    <>
      {failure && (
        <Notice
          color={failure.status === 403 ? 'warning' : 'danger'}
          title={i18n.translate('logAnomalies.sample.refused', {
            defaultMessage: 'The sample logs could not be made or removed',
          })}
          lines={[failure.message]}
          subject="logAnomaliesSampleRefused"
        />
      )}
      {warnings.length > 0 && (
        <Notice
          color="warning"
          title={i18n.translate('logAnomalies.sample.left', {
            defaultMessage: 'The sample logs are removed, but something was left',
          })}
          lines={warnings}
          subject="logAnomaliesSampleLeft"
        />
      )}
      {isUnderWay(value) && <Progress report={value as SampleReport} sample={sample} />}
      {value?.state === 'ready' && <Ready sample={sample} />}
      {value?.state === 'failed' && <Failed report={value} sample={sample} />}
    </>
  );
}

function Notice(props: {
  color: 'warning' | 'danger';
  title: string;
  lines: readonly string[];
  subject: string;
}): ReactElement {
  const { color, title, lines, subject } = props;
  return (
    <>
      <EuiCallOut color={color} iconType="warning" title={title} data-test-subj={subject}>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </EuiCallOut>
      <EuiSpacer />
    </>
  );
}

function Progress({ report, sample }: { report: SampleReport; sample: Sample }): ReactElement {
  const { canWrite } = useApp();
  const current = STEPS.findIndex((step) => step === report.state);
  const { done, total } = report;
  return (
    <>
      <EuiPanel hasBorder hasShadow={false} data-test-subj="logAnomaliesSampleProgress">
        <EuiFlexGroup alignItems="center" responsive={false}>
          <EuiFlexItem>
            <EuiTitle size="xs">
              <h2>
                {i18n.translate('logAnomalies.sample.progress', {
                  defaultMessage: 'Getting the sample logs ready',
                })}
              </h2>
            </EuiTitle>
          </EuiFlexItem>
          {canWrite && (
            <EuiFlexItem grow={false}>
              <EuiButtonEmpty size="s" color="danger" isLoading={sample.isBusy} onClick={sample.remove}>
                {i18n.translate('logAnomalies.sample.cancel', { defaultMessage: 'Stop and remove' })}
              </EuiButtonEmpty>
            </EuiFlexItem>
          )}
        </EuiFlexGroup>
        <EuiText size="s" color="subdued">
          {i18n.translate('logAnomalies.sample.patience', {
            defaultMessage:
              'This takes about half a minute. You may leave this page; the result opens by itself if you stay.',
          })}
        </EuiText>
        <EuiSpacer size="m" />
        <EuiSteps
          titleSize="xs"
          steps={STEPS.map((step, place) => ({
            title: stepTitle(step),
            status: place < current ? 'complete' : place === current ? 'loading' : 'disabled',
            children:
              place === current ? (
                <>
                  <EuiProgress
                    size="s"
                    aria-label={stepTitle(step)}
                    {...(step !== 'training' && total > 0
                      ? { max: total, value: Math.min(done, total) }
                      : {})}
                  />
                  {step !== 'training' && total > 0 && (
                    <EuiText size="xs" color="subdued">
                      {i18n.translate('logAnomalies.sample.count', {
                        defaultMessage: '{done} of about {total} logs',
                        values: { done: formatCount(done), total: formatCount(total) },
                      })}
                    </EuiText>
                  )}
                </>
              ) : (
                <></>
              ),
          }))}
        />
      </EuiPanel>
      <EuiSpacer />
    </>
  );
}

function Ready({ sample }: { sample: Sample }): ReactElement {
  const { canWrite } = useApp();
  return (
    <>
      <EuiCallOut
        iconType={icon('beaker')}
        data-test-subj="logAnomaliesSampleReady"
        title={i18n.translate('logAnomalies.sample.ready', {
          defaultMessage: 'There are sample logs in this space',
        })}
      >
        <EuiFlexGroup gutterSize="s" responsive={false} wrap>
          <EuiFlexItem grow={false}>
            <EuiButton size="s" onClick={sample.open} data-test-subj="logAnomaliesSampleOpen">
              {i18n.translate('logAnomalies.sample.open', { defaultMessage: 'See what was found in them' })}
            </EuiButton>
          </EuiFlexItem>
          {canWrite && (
            <EuiFlexItem grow={false}>
              <RemoveButton sample={sample} />
            </EuiFlexItem>
          )}
        </EuiFlexGroup>
      </EuiCallOut>
      <EuiSpacer />
    </>
  );
}

function Failed({ report, sample }: { report: SampleReport; sample: Sample }): ReactElement {
  const { canWrite } = useApp();
  return (
    <>
      <EuiCallOut
        color="danger"
        iconType="warning"
        data-test-subj="logAnomaliesSampleFailed"
        title={i18n.translate('logAnomalies.sample.failed', {
          defaultMessage: 'The sample logs could not be finished',
        })}
      >
        {report.failure && <FailureText failure={report.failure} />}
        {canWrite && (
          <EuiFlexGroup gutterSize="s" responsive={false} wrap>
            <EuiFlexItem grow={false}>
              <EuiButton size="s" color="danger" isLoading={sample.isBusy} onClick={sample.install}>
                {i18n.translate('logAnomalies.sample.again', { defaultMessage: 'Begin again' })}
              </EuiButton>
            </EuiFlexItem>
            <EuiFlexItem grow={false}>
              <RemoveButton sample={sample} />
            </EuiFlexItem>
          </EuiFlexGroup>
        )}
      </EuiCallOut>
      <EuiSpacer />
    </>
  );
}

/** Removes the sample logs, and asks first: what people said about them goes as well. */
function RemoveButton({ sample }: { sample: Sample }): ReactElement {
  const [isAsking, setIsAsking] = useState(false);
  const remove = i18n.translate('logAnomalies.sample.remove', {
    defaultMessage: 'Remove the sample logs and all that belongs to them',
  });
  return (
    <>
      <EuiButtonEmpty
        size="s"
        color="danger"
        iconType="trash"
        isLoading={sample.isBusy}
        onClick={() => setIsAsking(true)}
        data-test-subj="logAnomaliesSampleRemove"
      >
        {remove}
      </EuiButtonEmpty>
      {isAsking && (
        <EuiConfirmModal
          title={i18n.translate('logAnomalies.sample.removeTitle', {
            defaultMessage: 'Remove the sample?',
          })}
          buttonColor="danger"
          confirmButtonText={i18n.translate('logAnomalies.sample.removeConfirm', {
            defaultMessage: 'Remove',
          })}
          cancelButtonText={i18n.translate('logAnomalies.delete.cancel', { defaultMessage: 'Cancel' })}
          onCancel={() => setIsAsking(false)}
          onConfirm={() => {
            setIsAsking(false);
            sample.remove();
          }}
        >
          {i18n.translate('logAnomalies.sample.removeText', {
            defaultMessage: 'Its logs, its detector, all results and verdicts on them are deleted.',
          })}
        </EuiConfirmModal>
      )}
    </>
  );
}
