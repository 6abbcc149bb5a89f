import React, { type ReactElement } from 'react';
import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { formatDuration } from '../../shared/values/format';
import { SESSION_DEFAULTS } from '../../../common/detector';
import { entityFieldsText } from '../../../common/detector/entity_fields';
import type { Draft } from './draft/draft';

/** Says of a detector that it judges spans of time, and not single logs. */
export const BucketNote = ({
  detector,
}: {
  detector: Pick<Draft, 'bucket' | 'entity_field' | 'entity_fields'>;
}): ReactElement => (
  <>
    <EuiCallOut
      size="s"
      iconType="visBarVertical"
      data-test-subj="logAnomaliesBucketNote"
      title={
        detector.bucket?.session === undefined
          ? i18n.translate('logAnomalies.form.bucket', {
              defaultMessage:
                'It judges what the logs of each {entity} are together in {span}; what is counted of them is changed in its form',
              values: {
                entity: entityFieldsText(detector) || '–',
                span: formatDuration(detector.bucket?.span ?? '5m'),
              },
            })
          : i18n.translate('logAnomalies.form.sessions', {
              defaultMessage:
                'It judges the logs of each {entity} together, up to a silence of {gap}; what is counted of them is changed in its form',
              values: {
                entity: detector.bucket.session.field || '–',
                gap: formatDuration(detector.bucket.session.gap ?? SESSION_DEFAULTS.gap),
              },
            })
      }
    />
    <EuiSpacer size="m" />
  </>
);
