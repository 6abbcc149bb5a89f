import React, { lazy, type ReactElement } from 'react';
import { i18n } from '@kbn/i18n';
import { Section } from '../../shared/layout/section';
import type { DetectorView } from '../../shared/detector/detector_view';
const AuditTrail = lazy(() => import('../audit/audit_trail'));
const DriftHistory = lazy(() => import('./drift_history'));
const ThresholdHistory = lazy(() => import('./threshold_history'));
const PipelinePanel = lazy(() => import('./pipeline_panel'));

/** Sections below the models: drift, threshold, ingest pipeline and audit trail, each loaded when it opens. */
export function ModelSections({ record, status, reload }: DetectorView): ReactElement {
  return (
    <>
      <Section
        id="logAnomaliesDriftSection"
        title={i18n.translate('logAnomalies.drift.title', {
          defaultMessage: 'Have the logs changed since the training? (drift)',
        })}
        isOpenAtFirst={status.drift?.over === true}
      >
        <DriftHistory detectorId={record.id} />
      </Section>
      <Section
        id="logAnomaliesThresholdSection"
        title={i18n.translate('logAnomalies.threshold.title', {
          defaultMessage: 'The threshold over time',
        })}
      >
        <ThresholdHistory detectorId={record.id} />
      </Section>
      <Section
        id="logAnomaliesPipelineSection"
        title={i18n.translate('logAnomalies.pipeline.title', {
          defaultMessage: 'Scoring by Elasticsearch as logs arrive (ingest pipeline)',
        })}
        isOpenAtFirst={record.detector.scoring === 'ingest' || status.pipeline !== undefined}
      >
        <PipelinePanel record={record} status={status} reload={reload} />
      </Section>
      <Section
        id="logAnomaliesAuditSection"
        title={i18n.translate('logAnomalies.audit.title', {
          defaultMessage: 'Audit trail: users, changes, times and reasons',
        })}
      >
        <AuditTrail detectorId={record.id} />
      </Section>
    </>
  );
}
