import React, { type ReactElement } from 'react';
import { i18n } from '@kbn/i18n';
import type { Attribution } from '../../../common/anomaly';
import { entityText } from '../../../common/detector/entity_fields';
import { printable } from '../../../common/printable';
import { useApp } from '../../shared/app/app_context';
import { Section } from '../../shared/layout/section';
import { AnnotationList } from '../../shared/charts/annotation_marks';
import { timeDomainOf } from '../../shared/charts/time_domain';
import { RequestState } from '../../shared/requests/request_state';
import { useAnnotations } from '../../shared/requests/use_annotations';
import { useRequest } from '../../shared/requests/use_request';
import { subjectText } from '../../shared/results/sentence_text';
import { numericFeatureOf } from '../../shared/results/numeric_results';
import { ValueChart } from '../../shared/results/value_chart';
import type { Interval } from '../../shared/values/time_range';

/** Of the chart with what stands below it, in pixels. */
const HEIGHT = 290;
const SHOWN_CHARACTERS = 60;

/** A result whose number is shown over time. */
interface Shown {
  readonly resultId: string;
  readonly attribution: readonly Attribution[];
  /** Default: the numeric feature that stands out most. */
  readonly feature?: string;
  /** Time that is shown; default: some hours around the result. */
  readonly range?: Interval;
  readonly isOpenAtFirst?: boolean;
}

const nameOf = (feature: string, attribution: readonly Attribution[]): string => {
  const found = attribution.find((each) => each.feature === feature);
  return found === undefined ? feature : subjectText(found);
};

/** Actual value against the usual one over time, of a numeric feature; nothing where there is none. */
export function ValueSection(props: Shown): ReactElement | null {
  const { resultId, attribution, range, isOpenAtFirst } = props;
  const feature = props.feature ?? numericFeatureOf(attribution);
  if (feature === undefined) return null;
  return (
    <Section
      id={`logAnomaliesValues-${resultId}`}
      isOpenAtFirst={isOpenAtFirst}
      title={i18n.translate('logAnomalies.values.title', {
        defaultMessage: 'Over time, beside what is usual: {feature}',
        values: { feature: printable(nameOf(feature, attribution), SHOWN_CHARACTERS) },
      })}
    >
      <ValueOverTime resultId={resultId} feature={feature} range={range} />
    </Section>
  );
}

function ValueOverTime(props: {
  resultId: string;
  feature: string;
  range: Interval | undefined;
}): ReactElement {
  const { resultId, feature, range } = props;
  const { api } = useApp();
  const request = useRequest(
    (signal) =>
      api(
        'getValueOverTime',
        {
          params: { result_id: resultId },
          query: { feature, ...(range && { from: range.from, to: range.to }) },
        },
        signal,
      ),
    [api, resultId, feature, range?.from, range?.to],
  );
  const { points = [], interval_ms: interval = 0, within = [] } = request.value ?? {};
  const values = within.map((each) => each.value);
  const whole = entityText(values);
  const annotations = useAnnotations(
    points.length === 0 ? undefined : timeDomainOf(points, interval),
    whole === undefined ? [] : [whole, ...values],
  );
  return (
    <RequestState request={request}>
      {(shown) => (
        <>
          <ValueChart values={shown} height={HEIGHT} annotations={annotations} />
          <AnnotationList annotations={annotations} />
        </>
      )}
    </RequestState>
  );
}
