import React, { useState, type ReactElement } from 'react';
import {
  EuiButtonGroup,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPanel,
  EuiSelect,
  EuiSpacer,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { entityFieldsText } from '../../../common/detector/entity_fields';
import type { Answer } from '../../shared/app/api_client';
import type { Annotation } from '../../../common/annotations';
import { AnnotationList } from '../../shared/charts/annotation_marks';
import { AnomalyTimeline } from '../../shared/charts/anomaly_timeline';
import { SwimLane, SwimLaneTable, type Choice } from '../../shared/charts/swim_lane';
import type { Interval } from '../../shared/values/time_range';
import type { Detector } from '../../../common/detector';

/** Charts of logs and anomalies over time and of the severity of each entity. A brush or a click filters. */
export function OverviewCharts(props: {
  all: Answer<'summarizeResults'>;
  byEntity: Answer<'summarizeResults'>;
  interval: Interval;
  unit: Detector['unit'];
  /** Changes of the calendar in this time. */
  annotations: readonly Annotation[];
  /** Fields that make up an entity; none where results are not grouped. */
  entityFields: readonly string[];
  /** Field of the entity that each lane is a value of; undefined: the whole entity. */
  lane: string | undefined;
  chooseLane: (field: string | undefined) => void;
  chooseTime: (interval: Interval) => void;
  choose: (choice: Choice) => void;
}): ReactElement {
  const { all, byEntity, interval, annotations, entityFields, lane, chooseLane, chooseTime, choose } = props;
  const title = lane ?? entityFieldsText({ entity_fields: entityFields });
  const [isTable, setIsTable] = useState(false);
  return (
    <>
      <EuiPanel hasBorder hasShadow={false} paddingSize="s">
        <AnomalyTimeline
          unit={props.unit}
          buckets={all.groups[0]?.buckets ?? []}
          intervalMilliseconds={all.interval_ms}
          range={interval}
          height={200}
          annotations={annotations}
          choose={chooseTime}
        />
        <AnnotationList annotations={annotations} />
      </EuiPanel>
      <EuiSpacer size="m" />
      <EuiPanel hasBorder hasShadow={false} paddingSize="s">
        <EuiFlexGroup alignItems="center" responsive={false}>
          <EuiFlexItem>
            <EuiTitle size="xxs">
              <h2>
                {i18n.translate('logAnomalies.lane.title', {
                  defaultMessage: 'By {entity}',
                  values: {
                    entity: title || i18n.translate('logAnomalies.lane.time', { defaultMessage: 'time' }),
                  },
                })}
              </h2>
            </EuiTitle>
          </EuiFlexItem>
          {entityFields.length > 1 && (
            <EuiFlexItem grow={false}>
              <EuiSelect
                compressed
                prepend={i18n.translate('logAnomalies.panel.laneBy', { defaultMessage: 'A lane for each' })}
                value={lane ?? ''}
                options={[
                  { value: '', text: entityFieldsText({ entity_fields: entityFields }) },
                  ...entityFields.map((field) => ({ value: field, text: field })),
                ]}
                onChange={({ target }) => chooseLane(target.value || undefined)}
                data-test-subj="logAnomaliesLaneBy"
              />
            </EuiFlexItem>
          )}
          <EuiFlexItem grow={false}>
            <EuiButtonGroup
              buttonSize="compressed"
              legend={i18n.translate('logAnomalies.lane.shownAs', { defaultMessage: 'Shown as' })}
              idSelected={isTable ? 'table' : 'lanes'}
              options={[
                {
                  id: 'lanes',
                  label: i18n.translate('logAnomalies.lane.lanes', { defaultMessage: 'Lanes' }),
                },
                {
                  id: 'table',
                  label: i18n.translate('logAnomalies.lane.table', { defaultMessage: 'Table' }),
                },
              ]}
              onChange={(id) => setIsTable(id === 'table')}
            />
          </EuiFlexItem>
        </EuiFlexGroup>
        {isTable ? (
          <SwimLaneTable groups={byEntity.groups} unit={props.unit} />
        ) : (
          <SwimLane
            groups={byEntity.groups}
            intervalMilliseconds={byEntity.interval_ms}
            range={interval}
            choose={choose}
          />
        )}
      </EuiPanel>
    </>
  );
}
