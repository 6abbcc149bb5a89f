import React, { type ReactElement } from 'react';
import {
  EuiBasicTable,
  type EuiBasicTableColumn,
  EuiCallOut,
  EuiEmptyPrompt,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiIconTip,
  EuiRange,
  EuiSpacer,
  EuiStat,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { verdictOf } from '../../../common/threshold/confidence';
import { exceedance, scoreAtExceedance } from '../../../common/threshold/exceedance';
import { startingScore } from '../../../common/threshold/starting_score';
import type { Detector } from '../../../common/detector';
import type { Answer, ApiFailure } from '../../shared/app/api_client';
import { FewLines } from '../../shared/results/few_lines';
import { formatCount, formatScore, formatTime } from '../../shared/values/format';
import { logLine, timeOf } from '../../shared/results/log_line';
import { FailurePrompt, LoadingPrompt } from '../../shared/requests/request_state';
import { allowedShare } from '../../../common/scanning/propose_budget';
import { alertsPerDay } from './draft/draft';
import { severityHeading } from '../../shared/values/scale_help';
import { SeverityLabel } from '../../shared/values/severity';
import { flaggedText } from './flagged_text';
import { reasonText } from '../../shared/results/sentence_text';

export type Preview = Answer<'previewDetector'>;
type PreviewedLog = Preview['top'][number];

/** Logs that are listed; more are brought along for the slider. */
const LISTED_LOGS = 15;
/** Shares of logs that the slider goes between; the highest threshold lets one log of the window through. */
const LARGEST_SHARE = 0.2;
const SLIDER_STEPS = 200;

/** A number of anomalies a day as the setting may have it. */
const budgetOf = (perDay: number): number => Math.max(0.1, Number(perDay.toPrecision(2)));

/** Shows the anomalies that the detector would find in a sample of the user's own logs. Nothing is saved. */
export function PreviewPanel(props: {
  preview: Preview | undefined;
  failure: ApiFailure | undefined;
  isLoading: boolean;
  isOutdated: boolean;
  /** Unit of a row of the preview: a log or a bucket. */
  unit: Detector['unit'];
  retry: () => void;
  /** As the draft has it now. */
  threshold: Detector['threshold'];
  changeThreshold: (threshold: Detector['threshold']) => void;
}): ReactElement {
  const { preview, failure, isLoading, isOutdated, unit, retry, threshold: wanted, changeThreshold } = props;
  if (isLoading) return <LoadingPrompt />;
  if (failure) return <FailurePrompt failure={failure} retry={retry} />;
  if (preview === undefined) {
    return <NoPreview />;
  }
  const isOfBuckets = unit === 'bucket';
  const { quantiles, logs_in_window: logs, days } = preview;
  const threshold = startingScore(wanted, quantiles, { logs, days });
  const flagged = preview.top.filter(({ score }) => score >= threshold).length;
  return (
    <div data-test-subj="logAnomaliesPreview">
      {isOutdated && (
        <>
          <EuiCallOut
            size="s"
            iconType="clock"
            title={i18n.translate('logAnomalies.preview.outdated', {
              defaultMessage: 'The settings have changed since; preview again.',
            })}
          />
          <EuiSpacer size="m" />
        </>
      )}
      <EuiFlexGroup>
        <Figure
          title={formatCount(preview.logs_in_window)}
          description={
            isOfBuckets
              ? i18n.translate('logAnomalies.preview.rowsInWindow', { defaultMessage: 'rows in the window' })
              : i18n.translate('logAnomalies.preview.logs', { defaultMessage: 'logs in the window' })
          }
        />
        <Figure
          title={formatCount(preview.rows)}
          description={i18n.translate('logAnomalies.preview.rows', { defaultMessage: 'in the sample' })}
        />
      </EuiFlexGroup>
      <EuiSpacer size="s" />
      <EuiText size="s">
        <strong data-test-subj="logAnomaliesPreviewAlerts">
          {flaggedText(unit, { logs, days }, flaggedIn(preview, wanted, threshold))}
        </strong>
      </EuiText>
      {isOfBuckets && <RowHelp />}
      <EuiSpacer size="m" />
      <ThresholdSlider
        preview={preview}
        isOfBuckets={isOfBuckets}
        threshold={threshold}
        change={(score) =>
          changeThreshold(
            wanted.method === 'fixed'
              ? { method: 'fixed', score }
              : {
                  ...wanted,
                  contamination: allowedShare(exceedance(quantiles, score)),
                  ...(wanted.method === 'adaptive' && {
                    alerts_per_day: budgetOf(alertsPerDay({ logs, days }, exceedance(quantiles, score))),
                  }),
                },
          )
        }
      />
      <EuiSpacer size="m" />
      <EuiBasicTable<PreviewedLog>
        items={preview.top.slice(0, Math.max(5, Math.min(LISTED_LOGS, flagged + 3)))}
        itemId={({ source }: PreviewedLog) => `${source.index}/${source.id}`}
        tableCaption={
          isOfBuckets
            ? i18n.translate('logAnomalies.preview.captionOfRows', {
                defaultMessage: 'The spans of time that stand out most',
              })
            : i18n.translate('logAnomalies.preview.caption', {
                defaultMessage: 'The logs that stand out most',
              })
        }
        noItemsMessage={i18n.translate('logAnomalies.preview.nothing', {
          defaultMessage: 'No log stands out. Flag more, or choose other fields.',
        })}
        columns={previewColumns({ isOfBuckets, threshold, quantiles })}
      />
    </div>
  );
}

/** Counts what is flagged of the logs that a preview has seen, where it brings along all that are; else a share tells. */
function flaggedIn(
  { quantiles, logs_in_window: logs, days, rows, top }: Preview,
  wanted: Detector['threshold'],
  threshold: number,
): Parameters<typeof flaggedText>[2] {
  const counted = top.filter(({ score }) => score >= threshold).length;
  const isCounted = counted < top.length;
  const share = exceedance(quantiles, threshold);
  return {
    flagged: isCounted ? counted : rows * share,
    isEstimate: !isCounted,
    ...(rows < logs && { sampled: rows }),
    expectedADay: alertsPerDay({ logs, days }, share),
    ...(wanted.method === 'adaptive' && { budget: wanted.alerts_per_day }),
  };
}

function ThresholdSlider(props: {
  preview: Preview;
  isOfBuckets: boolean;
  threshold: number;
  change: (score: number) => void;
}): ReactElement {
  const { preview, isOfBuckets, threshold, change } = props;
  const { quantiles, logs_in_window: logs, top } = preview;
  const low = scoreAtExceedance(quantiles, LARGEST_SHARE);
  const high = Math.min(
    1,
    Math.max(top[0]?.score ?? 0, scoreAtExceedance(quantiles, 1 / Math.max(10, logs))),
  );
  const step = (high - low) / SLIDER_STEPS;
  const label = isOfBuckets
    ? i18n.translate('logAnomalies.preview.sliderOfRows', {
        defaultMessage: 'How unusual a span of time must be',
      })
    : i18n.translate('logAnomalies.preview.slider', { defaultMessage: 'How unusual a log must be' });
  return (
    <EuiFormRow
      fullWidth
      label={
        <span>
          {label}{' '}
          <EuiIconTip
            content={i18n.translate('logAnomalies.preview.sliderHelp', {
              defaultMessage:
                'The threshold of the anomaly score, now {threshold}: between 0 and 1, and about 0.5 for the everyday. It changes how much is flagged, and the list below at once.',
              values: { threshold: formatScore(threshold) },
            })}
          />
        </span>
      }
    >
      <EuiRange
        fullWidth
        min={0}
        max={SLIDER_STEPS}
        step={1}
        value={Math.round(Math.min(SLIDER_STEPS, Math.max(0, (threshold - low) / step)))}
        aria-label={label}
        ticks={[
          {
            value: 0,
            label: i18n.translate('logAnomalies.preview.sliderLow', { defaultMessage: 'somewhat' }),
          },
          {
            value: SLIDER_STEPS,
            label: i18n.translate('logAnomalies.preview.sliderHigh', { defaultMessage: 'very' }),
          },
        ]}
        showTicks
        onChange={(event) => change(low + Number(event.currentTarget.value) * step)}
        data-test-subj="logAnomaliesThreshold"
      />
    </EuiFormRow>
  );
}

const Figure = (props: { title: string; description: string }): ReactElement => (
  <EuiFlexItem>
    <EuiStat titleSize="xs" title={props.title} description={props.description} />
  </EuiFlexItem>
);

function NoPreview(): ReactElement {
  return (
    <EuiEmptyPrompt
      titleSize="xs"
      iconType="eye"
      title={
        <h3>
          {i18n.translate('logAnomalies.preview.none', {
            defaultMessage: 'See what would have been flagged, before anything is saved',
          })}
        </h3>
      }
      body={
        <p>
          {i18n.translate('logAnomalies.preview.howTo', {
            defaultMessage: 'Choose the logs and what to look at, then press “Preview”.',
          })}
        </p>
      }
    />
  );
}

function RowHelp(): ReactElement {
  return (
    <>
      <EuiSpacer size="s" />
      <EuiText size="xs" color="subdued">
        {i18n.translate('logAnomalies.preview.rowHelp', {
          defaultMessage:
            'A row is what the logs of one service, host or client are together in one span of time. Where silence counts, a span without logs is a row as well.',
        })}
      </EuiText>
    </>
  );
}

function previewColumns({
  isOfBuckets,
  threshold,
  quantiles,
}: {
  isOfBuckets: boolean;
  threshold: number;
  quantiles: Preview['quantiles'];
}): EuiBasicTableColumn<PreviewedLog>[] {
  return [
    {
      name: severityHeading(),
      width: '110px',
      render: ({ score }: PreviewedLog) => {
        const { severity, confidence, isAnomaly } = verdictOf(score, threshold, quantiles);
        return isAnomaly ? (
          <SeverityLabel severity={severity} confidence={confidence} />
        ) : (
          <EuiText size="xs" color="subdued">
            {i18n.translate('logAnomalies.preview.normal', { defaultMessage: 'not flagged' })}
          </EuiText>
        );
      },
    },
    {
      name: isOfBuckets
        ? i18n.translate('logAnomalies.preview.row', { defaultMessage: 'Logs in a span of time' })
        : i18n.translate('logAnomalies.results.log', { defaultMessage: 'Log' }),
      render: ({ document, reason, attribution, source }: PreviewedLog) => (
        <EuiText size="xs" className="eui-textBreakWord">
          <code>{logLine(document) ?? source.id}</code>
          <EuiText size="xs" color="subdued">
            <FewLines
              lines={3}
              text={[
                timeOf(document) && formatTime(timeOf(document) as string),
                reasonText({ attribution, reason }),
              ]
                .filter(Boolean)
                .join(' · ')}
            />
          </EuiText>
        </EuiText>
      ),
    },
  ];
}
