import React, { type ReactElement } from 'react';
import { EuiCodeBlock, EuiFlexGroup, EuiFlexItem, EuiIconTip, EuiSpacer, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { DetectorRecord } from '../../../common/api';
import { entityKql } from '../../../common/detector/entity_fields';
import { filtersOfSource, logsOfResult } from '../../../common/findings/logs_of_result';
import { DiscoverButton } from '../../shared/results/discover_button';
import { SolutionLinks } from '../../shared/results/solution_links';
import { formatScore, formatTime } from '../../shared/values/format';
import { scoreHelpText, severityHelpText } from '../../shared/values/scale_help';
import { logOf, type Found } from '../../shared/results/results_table';
import { AttributionBars } from './attribution_bars';
import { Evidence } from './evidence';
import { FeedbackButtons, type Feedback } from './feedback_buttons';
import { HiddenBecause } from './hidden_because';
import { ValueSection } from './value_over_time';

const SURROUNDINGS_MILLISECONDS = 15 * 60_000;

/** All about one anomalous log: why, what it was, where to go on, what the user thinks of it. */
export function ResultDetails(props: {
  record: DetectorRecord;
  found: Found;
  feedback: Feedback | undefined;
  feedbackChanged: () => void;
  /** Filters by a feature; absent where nothing is filtered. */
  chooseFeature?: (feature: string) => void;
}): ReactElement {
  const { record, found, feedback, feedbackChanged, chooseFeature } = props;
  const { result } = found;
  const { anomaly, source } = result;
  const time = Date.parse(result['@timestamp']);
  const timeRange = {
    from: new Date(time - SURROUNDINGS_MILLISECONDS).toISOString(),
    to: new Date(time + SURROUNDINGS_MILLISECONDS).toISOString(),
  };
  const timestampField = record.detector.source.timestamp_field;
  const behind = logsOfResult(result);
  const logs = (index: string, query: string, within = timeRange) => ({
    index,
    timestampField,
    timeRange: within,
    query,
  });
  return (
    <div data-test-subj="logAnomaliesResultDetails">
      <HiddenBecause detectorId={record.id} found={found} feedback={feedback} changed={feedbackChanged} />
      <EuiSpacer size="s" />
      <AttributionBars attribution={anomaly.attribution} choose={chooseFeature} />
      <ValueSection resultId={found.id} attribution={anomaly.attribution} />
      <EuiSpacer size="m" />
      <Evidence found={found} />
      <EuiSpacer size="m" />
      <EuiCodeBlock language="json" fontSize="s" paddingSize="s" overflowHeight={220} isCopyable>
        {JSON.stringify(logOf(result), null, 2)}
      </EuiCodeBlock>
      <EuiSpacer size="s" />
      <EuiText size="xs">
        {i18n.translate('logAnomalies.details.facts', {
          defaultMessage: 'Score {score}, threshold {threshold}, model {model}, found {found}',
          values: {
            score: formatScore(anomaly.score),
            threshold: formatScore(anomaly.threshold),
            model: result.model.version,
            found: formatTime(result.event.ingested),
          },
        })}{' '}
        <EuiIconTip content={`${scoreHelpText()} ${severityHelpText()}`} />
      </EuiText>
      <EuiFlexGroup gutterSize="s" responsive={false} wrap>
        <EuiFlexItem grow={false}>
          <DiscoverButton
            logs={{
              ...logs(source.index, behind.query, behind.timeRange),
              ...(behind.isBucket && { filters: filtersOfSource(record.detector.source) }),
            }}
            subject="logAnomaliesDiscover"
            label={
              behind.isBucket
                ? i18n.translate('logAnomalies.details.discoverBucket', {
                    defaultMessage: 'Its logs in Discover',
                  })
                : i18n.translate('logAnomalies.details.discoverLog', {
                    defaultMessage: 'This log in Discover',
                  })
            }
          />
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <DiscoverButton
            logs={logs(record.detector.source.index, entityKql(record.detector, anomaly))}
            subject="logAnomaliesDiscoverAround"
            label={i18n.translate('logAnomalies.details.discoverAround', {
              defaultMessage: 'View surrounding logs in Discover',
            })}
          />
        </EuiFlexItem>
        <SolutionLinks log={logOf(result)} />
      </EuiFlexGroup>
      <EuiSpacer size="s" />
      <FeedbackButtons
        key={feedback?.at ?? 'none'}
        detectorId={record.id}
        found={found}
        feedback={feedback}
        changed={feedbackChanged}
      />
      <EuiSpacer size="s" />
    </div>
  );
}
