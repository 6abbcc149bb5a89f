import React, { useState, type ReactElement } from 'react';
import {
  EuiBasicTable,
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiDescriptionList,
  EuiFlexGroup,
  EuiFlexItem,
  EuiHealth,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { formatCount, formatScore, formatTime } from '../../shared/values/format';
import { RequestState } from '../../shared/requests/request_state';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';
import type { DetectorView } from '../../shared/detector/detector_view';
import { AttachPipeline } from './attach_pipeline';
import { ConfirmPipelineChange, type PipelineChange } from './confirm_pipeline_change';

type Pipeline = Answer<'getPipeline'>;
type Trial = Answer<'simulatePipeline'>;

const NONE = '–';

/** The ingest pipeline that holds a model: what is live, which indices go through it, and every change of it, asked first. */
export default function PipelinePanel({ record, status, reload }: DetectorView): ReactElement {
  const { api, canWrite } = useApp();
  const params = { id: record.id };
  const request = useRequest(
    (signal) => api('getPipeline', { params }, signal),
    [api, record.id, status.pipeline?.version, status.pipeline?.put_at],
  );
  const changed = () => {
    request.reload();
    reload();
  };
  const { run, isBusy, failure } = useAction(changed);
  const [asking, setAsking] = useState<PipelineChange | 'attach'>();
  const [trial, setTrial] = useState<Trial>();
  const tryOut = () =>
    void run(async () => {
      setTrial(undefined);
      setTrial(await api('simulatePipeline', { params, body: {} }));
    });
  return (
    <div data-test-subj="logAnomaliesPipeline">
      <EuiText size="s" color="subdued">
        {record.detector.scoring === 'ingest'
          ? i18n.translate('logAnomalies.pipeline.explained', {
              defaultMessage:
                'Elasticsearch scores each log as it arrives, by this ingest pipeline; runs of the detector only collect what it found. A newly promoted model goes live by itself.',
            })
          : i18n.translate('logAnomalies.pipeline.explainedJob', {
              defaultMessage:
                'Kibana scores the logs of this detector. It can have Elasticsearch score each log as it arrives instead, or as well: put the active model live as an ingest pipeline, then send logs through it. Neither is done unasked.',
            })}
      </EuiText>
      <EuiSpacer size="s" />
      {failure !== undefined && (
        <>
          <EuiCallOut size="s" color="danger" iconType="warning" title={failure} />
          <EuiSpacer size="s" />
        </>
      )}
      <RequestState request={request}>
        {(found) => (
          <>
            <Facts found={found} />
            {trial && <TrialReport trial={trial} />}
            <EuiSpacer size="s" />
            <Indices found={found} />
            <EuiSpacer size="s" />
            {canWrite && <Actions found={found} isBusy={isBusy} tryOut={tryOut} ask={setAsking} />}
            {asking === 'attach' && (
              <AttachPipeline
                detectorId={record.id}
                close={() => setAsking(undefined)}
                attach={(body) =>
                  run(
                    () => api('attachPipeline', { params, body }),
                    i18n.translate('logAnomalies.pipeline.attached', {
                      defaultMessage: 'New logs go through the pipeline now',
                    }),
                  )
                }
              />
            )}
            {asking !== undefined && asking !== 'attach' && (
              <ConfirmPipelineChange
                change={asking}
                found={found}
                isBusy={isBusy}
                close={() => setAsking(undefined)}
                make={async () => {
                  const isDone = await run(
                    async () => {
                      switch (asking) {
                        case 'put':
                          return api('putPipeline', { params, body: {} });
                        case 'revert':
                          return api('revertPipeline', { params });
                        case 'detach':
                          return api('detachPipeline', { params, body: {} });
                        case 'delete':
                          return api('deletePipeline', { params });
                      }
                    },
                    i18n.translate('logAnomalies.pipeline.changed', { defaultMessage: 'Done' }),
                  );
                  setAsking(undefined);
                  if (isDone) setTrial(undefined);
                }}
              />
            )}
          </>
        )}
      </RequestState>
    </div>
  );
}

function Facts({ found }: { found: Pipeline }): ReactElement {
  const { pipeline, active_version: active } = found;
  if (pipeline === undefined) {
    return (
      <EuiText size="s">
        {i18n.translate('logAnomalies.pipeline.none', { defaultMessage: 'No pipeline is live.' })}
      </EuiText>
    );
  }
  const facts = [
    [i18n.translate('logAnomalies.pipeline.name', { defaultMessage: 'Ingest pipeline' }), pipeline.name],
    [
      i18n.translate('logAnomalies.pipeline.version', { defaultMessage: 'Scores with the model' }),
      active === pipeline.version
        ? i18n.translate('logAnomalies.pipeline.activeVersion', {
            defaultMessage: '{version} (active)',
            values: { version: pipeline.version },
          })
        : i18n.translate('logAnomalies.pipeline.otherVersion', {
            defaultMessage: '{version}; active is {active}',
            values: { version: pipeline.version, active: active ?? NONE },
          }),
    ],
    [
      i18n.translate('logAnomalies.pipeline.putAt', { defaultMessage: 'Live since' }),
      pipeline.put_at === undefined ? NONE : formatTime(pipeline.put_at),
    ],
    [
      i18n.translate('logAnomalies.models.threshold', { defaultMessage: 'Threshold' }),
      formatScore(pipeline.threshold),
    ],
    [
      i18n.translate('logAnomalies.pipeline.before', { defaultMessage: 'Before that' }),
      pipeline.previous_version ?? NONE,
    ],
    [
      i18n.translate('logAnomalies.pipeline.limit', { defaultMessage: 'May cost, a log' }),
      pipeline.max_microseconds_per_log === undefined
        ? i18n.translate('logAnomalies.pipeline.noLimit', { defaultMessage: 'no limit is set' })
        : i18n.translate('logAnomalies.pipeline.microseconds', {
            defaultMessage: '{count} microseconds',
            values: { count: formatCount(pipeline.max_microseconds_per_log) },
          }),
    ],
  ];
  return (
    <EuiDescriptionList
      compressed
      type="column"
      columnWidths={[1, 3]}
      style={{ maxWidth: 900 }}
      listItems={facts.map(([title, description]) => ({ title, description }))}
    />
  );
}

const TrialReport = ({ trial: { trial, version } }: { trial: Trial }): ReactElement => (
  <>
    <EuiSpacer size="s" />
    <EuiCallOut
      size="s"
      color="success"
      iconType="check"
      data-test-subj="logAnomaliesPipelineTrial"
      title={i18n.translate('logAnomalies.pipeline.trialPassed', {
        defaultMessage: 'Tried out over {logs} recent logs: every score is as it should be',
        values: { logs: formatCount(trial.logs) },
      })}
    >
      {i18n.translate('logAnomalies.pipeline.trial', {
        defaultMessage:
          'Model {version}: {anomalies, plural, one {one anomaly} other {# anomalies}}, {incomplete, plural, one {one log} other {# logs}} lacked a field, {cost} microseconds a log, {size} KB in the cluster state.',
        values: {
          version,
          anomalies: trial.anomalies,
          incomplete: trial.incomplete,
          cost: trial.microseconds_per_log.toFixed(1),
          size: formatCount(trial.bytes / 1_024),
        },
      })}
    </EuiCallOut>
  </>
);

type IndexRow = Pipeline['indices'][number];

const Indices = ({ found }: { found: Pipeline }): ReactElement => (
  <EuiBasicTable<IndexRow>
    compressed
    items={found.indices}
    itemId="index"
    tableCaption={i18n.translate('logAnomalies.pipeline.indices', {
      defaultMessage: 'Indices that the detector reads, and whether their logs go through the pipeline',
    })}
    noItemsMessage={i18n.translate('logAnomalies.pipeline.noIndices', {
      defaultMessage: 'No index is there yet.',
    })}
    columns={[
      {
        field: 'index',
        name: i18n.translate('logAnomalies.pipeline.index', { defaultMessage: 'Index' }),
      },
      {
        name: i18n.translate('logAnomalies.pipeline.logs', { defaultMessage: 'New logs' }),
        render: ({ attached, final_pipeline: other }: IndexRow) => (
          <EuiHealth color={attached ? 'success' : other ? 'warning' : 'subdued'} textSize="xs">
            {attached
              ? i18n.translate('logAnomalies.pipeline.goThrough', { defaultMessage: 'go through it' })
              : other
                ? i18n.translate('logAnomalies.pipeline.goElsewhere', {
                    defaultMessage: 'go through another final pipeline, {name}',
                    values: { name: other },
                  })
                : i18n.translate('logAnomalies.pipeline.goPast', {
                    defaultMessage: 'do not go through it, as far as the index says',
                  })}
          </EuiHealth>
        ),
      },
    ]}
  />
);

function Actions(props: {
  found: Pipeline;
  isBusy: boolean;
  tryOut: () => void;
  ask: (change: PipelineChange | 'attach') => void;
}): ReactElement {
  const { found, isBusy, tryOut, ask } = props;
  const { pipeline, active_version: active, indices } = found;
  const isAttached = indices.some(({ attached }) => attached);
  const hasModel = active !== undefined;
  return (
    <EuiFlexGroup gutterSize="s" responsive={false} wrap>
      <EuiFlexItem grow={false}>
        <EuiButton
          size="s"
          color="text"
          iconType={icon('beaker')}
          isLoading={isBusy}
          isDisabled={!hasModel}
          onClick={tryOut}
          data-test-subj="logAnomaliesPipelineTry"
        >
          {i18n.translate('logAnomalies.pipeline.try', { defaultMessage: 'Try the active model out' })}
        </EuiButton>
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiButton
          size="s"
          iconType={icon('launch')}
          isDisabled={isBusy || !hasModel}
          onClick={() => ask('put')}
          data-test-subj="logAnomaliesPipelinePut"
        >
          {i18n.translate('logAnomalies.pipeline.put', { defaultMessage: 'Put the active model live' })}
        </EuiButton>
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiButton
          size="s"
          iconType="link"
          isDisabled={isBusy || pipeline === undefined}
          onClick={() => ask('attach')}
          data-test-subj="logAnomaliesPipelineAttach"
        >
          {i18n.translate('logAnomalies.pipeline.attach', { defaultMessage: 'Send logs through it' })}
        </EuiButton>
      </EuiFlexItem>
      {isAttached && (
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty
            size="s"
            iconType={icon('unlink')}
            isDisabled={isBusy}
            onClick={() => ask('detach')}
            data-test-subj="logAnomaliesPipelineDetach"
          >
            {i18n.translate('logAnomalies.pipeline.detach', { defaultMessage: 'Send logs past it again' })}
          </EuiButtonEmpty>
        </EuiFlexItem>
      )}
      {pipeline?.previous_version !== undefined && (
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty
            size="s"
            iconType={icon('editorUndo')}
            isDisabled={isBusy}
            onClick={() => ask('revert')}
            data-test-subj="logAnomaliesPipelineRevert"
          >
            {i18n.translate('logAnomalies.pipeline.revert', { defaultMessage: 'Back to the version before' })}
          </EuiButtonEmpty>
        </EuiFlexItem>
      )}
      {pipeline !== undefined && !isAttached && (
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty
            size="s"
            color="danger"
            iconType="trash"
            isDisabled={isBusy}
            onClick={() => ask('delete')}
            data-test-subj="logAnomaliesPipelineDelete"
          >
            {i18n.translate('logAnomalies.pipeline.delete', { defaultMessage: 'Delete the pipeline' })}
          </EuiButtonEmpty>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}
