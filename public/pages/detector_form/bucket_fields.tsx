import React, { useEffect, useState, type ReactElement } from 'react';
import {
  EuiAccordion,
  EuiButton,
  EuiFieldText,
  EuiFlexGrid,
  EuiFlexItem,
  EuiFormRow,
  EuiSpacer,
  EuiSwitch,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { bucketNameOf, proposeBucket } from '../../../common/buckets/propose_bucket';
import type { LogField } from '../../../common/log_features/fields/log_fields';
import { SessionFields } from './session_fields';
import { BucketFeatures } from './features/bucket_features';
import { BUCKET_DEFAULTS, groupingOf, regrouped, type Draft, type DraftFieldsProps } from './draft/draft';
import { FieldChooser } from './field_chooser';
import { bucketRareFields, SettingsGrid } from './rare_fields';

type Bucket = NonNullable<Draft['bucket']>;

interface BucketPartProps {
  readonly bucket: Bucket;
  readonly changeBucket: (changes: Partial<Bucket>) => void;
  readonly problem: DraftFieldsProps['problem'];
}

const WHOLE_VALUES = ['value', 'number'] as const;

/** The draft with proposals where it says nothing yet. */
function withProposals(draft: Draft, fields: readonly LogField[], suggested?: string): Partial<Draft> {
  const [chosen] = groupingOf(draft);
  const { entity_field: entityField, bucket } = proposeBucket(fields, chosen ?? suggested);
  const own = draft.bucket ?? {};
  const isNamed = (names: Bucket['distinct']): boolean => Object.keys(names ?? {}).length > 0;
  return {
    ...(chosen === undefined && { entity_field: entityField }),
    bucket: {
      ...bucket,
      span: BUCKET_DEFAULTS.span,
      ...own,
      errors:
        own.errors === undefined || own.errors === BUCKET_DEFAULTS.errors
          ? (bucket.errors ?? BUCKET_DEFAULTS.errors)
          : own.errors,
      latency: own.latency || bucket.latency,
      distinct: isNamed(own.distinct) ? own.distinct : bucket.distinct,
      rare: isNamed(own.rare) ? own.rare : bucket.rare,
    },
  };
}

/** All that proposals can change, to be compared. */
const proposable = ({ entity_field: entityField, bucket }: Partial<Draft>): string =>
  JSON.stringify([
    entityField,
    bucket?.errors,
    bucket?.latency || undefined,
    bucket?.distinct,
    bucket?.rare,
    bucket?.silence ?? BUCKET_DEFAULTS.silence,
  ]);

/** Fields for the figures counted per entity and time span, and for the features made from them. */
export function BucketFields(
  props: DraftFieldsProps & {
    replace: (draft: Draft) => void;
    /** Undefined until they are known. */
    fields: readonly LogField[] | undefined;
    /** Field that the logs are best grouped by, as far as it is known. */
    suggested: string | undefined;
  },
): ReactElement {
  const { draft, change, problem, replace, fields, suggested } = props;
  const bucket = draft.bucket ?? {};
  const changeBucket = (changes: Partial<Bucket>) => change({ bucket: { ...bucket, ...changes } });
  const part = { bucket, changeBucket, problem };
  const proposed = withProposals(draft, fields ?? [], suggested);
  const hasProposals = proposable(proposed) !== proposable(withProposals(draft, []));
  const isUntouched = Object.keys(bucket).length === 0;
  useEffect(() => {
    if (isUntouched && hasProposals) change(proposed);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, before anybody changes them
  }, [isUntouched, hasProposals]);

  return (
    <>
      <EuiButton
        iconType="inspect"
        isDisabled={!hasProposals}
        onClick={() => change(proposed)}
        data-test-subj="logAnomaliesSuggest"
      >
        {i18n.translate('logAnomalies.form.suggest', { defaultMessage: 'Suggest from the logs' })}
      </EuiButton>
      <EuiSpacer size="m" />
      <SessionFields draft={draft} change={change} problem={problem} fields={fields} />
      <EuiFlexGrid columns={2}>
        {bucket.session === undefined && (
          <EuiFlexItem>
            <FieldChooser
              label={i18n.translate('logAnomalies.bucket.entity', {
                defaultMessage: 'Group logs and results by',
              })}
              help={i18n.translate('logAnomalies.bucket.entityHelp', {
                defaultMessage:
                  'Each value is judged by itself: service.name, host.name, client.ip. Two or three fields: their values together.',
              })}
              fields={fields}
              kinds={WHOLE_VALUES}
              chosen={groupingOf(draft)}
              choose={(chosen) => change(regrouped(draft, chosen))}
              problem={problem('entity_field') ?? problem('entity_fields')}
              subject="logAnomaliesEntity"
            />
          </EuiFlexItem>
        )}
        {bucket.session === undefined && <SpanField {...part} />}
        <ErrorsField {...part} />
        <CountedFields {...part} fields={fields} />
      </EuiFlexGrid>
      <EuiSpacer size="m" />
      {bucket.session === undefined && <SilenceSwitch {...part} />}
      <EuiSpacer size="m" />
      <RarelyChanged draft={draft} change={change} problem={problem} />
      <EuiSpacer size="m" />
      <BucketFeatures draft={draft} change={change} problem={problem} replace={replace} />
    </>
  );
}

/** Names for the chosen fields; those that had one keep it. */
function namesFor(
  chosen: readonly string[],
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const names: Record<string, string> = {};
  for (const field of chosen) {
    const kept = Object.keys(before).find((name) => before[name] === field && !(name in names));
    names[kept ?? bucketNameOf(field, [...Object.keys(before), ...Object.keys(names)])] = field;
  }
  return names;
}

function SpanField({ bucket, changeBucket, problem }: BucketPartProps): ReactElement {
  return (
    <EuiFlexItem>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.bucket.span', { defaultMessage: 'In spans of' })}
        helpText={i18n.translate('logAnomalies.bucket.spanHelp', {
          defaultMessage: 'Such as 1m, 5m or 1h; what is much shorter drowns in it.',
        })}
        isInvalid={problem('bucket.span') !== undefined}
        error={problem('bucket.span')}
      >
        <EuiFieldText
          fullWidth
          value={bucket.span ?? BUCKET_DEFAULTS.span}
          isInvalid={problem('bucket.span') !== undefined}
          onChange={(event) => changeBucket({ span: event.target.value })}
          data-test-subj="logAnomaliesSpan"
        />
      </EuiFormRow>
    </EuiFlexItem>
  );
}

/** The query that tells errors from other logs. */
function ErrorsField({ bucket, changeBucket, problem }: BucketPartProps): ReactElement {
  const errors = bucket.errors ?? BUCKET_DEFAULTS.errors;
  const isDsl = typeof errors === 'object';
  return (
    <EuiFlexItem>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.bucket.errors', {
          defaultMessage: 'Errors are logs that match',
        })}
        helpText={
          isDsl
            ? i18n.translate('logAnomalies.form.queryDsl', {
                defaultMessage: 'A query of Elasticsearch, which is changed in the YAML file.',
              })
            : i18n.translate('logAnomalies.bucket.errorsHelp', {
                defaultMessage: 'Lucene, such as {example}.',
                values: { example: 'log.level:error' },
              })
        }
        isInvalid={problem('bucket.errors') !== undefined}
        error={problem('bucket.errors')}
      >
        <EuiFieldText
          fullWidth
          value={isDsl ? JSON.stringify(errors) : errors}
          disabled={isDsl}
          isInvalid={problem('bucket.errors') !== undefined}
          onChange={(event) => changeBucket({ errors: event.target.value })}
          data-test-subj="logAnomaliesErrors"
        />
      </EuiFormRow>
    </EuiFlexItem>
  );
}

/** Fields whose values are counted or measured in each row. */
function CountedFields({
  bucket,
  changeBucket,
  problem,
  fields,
}: BucketPartProps & { fields: readonly LogField[] | undefined }): ReactElement {
  const named = (kind: 'distinct' | 'rare') => ({
    fields,
    chosen: Object.values(bucket[kind] ?? {}),
    choose: (chosen: string[]) => changeBucket({ [kind]: namesFor(chosen, bucket[kind] ?? {}) }),
    problem: [`bucket.${kind}`, ...Object.keys(bucket[kind] ?? {}).map((name) => `bucket.${kind}.${name}`)]
      .flatMap((path) => problem(path) ?? [])
      .at(0),
  });
  return (
    <>
      <EuiFlexItem>
        <FieldChooser
          isSingle
          label={i18n.translate('logAnomalies.bucket.latency', { defaultMessage: 'How long it took' })}
          help={i18n.translate('logAnomalies.bucket.latencyHelp', {
            defaultMessage: 'A number field: its median and 95th percentile are computed. Empty: none.',
          })}
          fields={fields}
          kinds={['number']}
          chosen={bucket.latency ? [bucket.latency] : []}
          choose={([field]) => changeBucket({ latency: field ?? '' })}
          problem={problem('bucket.latency')}
          subject="logAnomaliesLatency"
        />
      </EuiFlexItem>
      <EuiFlexItem>
        <FieldChooser
          label={i18n.translate('logAnomalies.bucket.distinct', {
            defaultMessage: 'Count different values of',
          })}
          help={i18n.translate('logAnomalies.bucket.distinctHelp', {
            defaultMessage: 'Up to 8 fields: many clients or paths at once are a scan. Costs most.',
          })}
          kinds={WHOLE_VALUES}
          subject="logAnomaliesDistinct"
          {...named('distinct')}
        />
      </EuiFlexItem>
      <EuiFlexItem>
        <FieldChooser
          label={i18n.translate('logAnomalies.bucket.rare', {
            defaultMessage: 'Count logs with a rare value of',
          })}
          help={i18n.translate('logAnomalies.bucket.rareHelp', {
            defaultMessage: 'Up to 8 fields: values that hardly came while it learned.',
          })}
          kinds={['value']}
          subject="logAnomaliesRareValues"
          {...named('rare')}
        />
      </EuiFlexItem>
      <EuiFlexItem>
        <FieldChooser
          isSingle
          label={i18n.translate('logAnomalies.bucket.events', { defaultMessage: 'Count the messages in' })}
          help={i18n.translate('logAnomalies.bucket.eventsHelp', {
            defaultMessage:
              'By their template: what is missing, repeated or new. Each log is read for it. Empty: none.',
          })}
          fields={fields}
          kinds={['text', 'value']}
          chosen={bucket.events?.field ? [bucket.events.field] : []}
          choose={([field]) =>
            changeBucket({ events: field === undefined ? undefined : { ...bucket.events, field } })
          }
          problem={problem('bucket.events') ?? problem('bucket.events.field')}
          subject="logAnomaliesEvents"
        />
      </EuiFlexItem>
    </>
  );
}

function SilenceSwitch({ bucket, changeBucket }: BucketPartProps): ReactElement {
  return (
    <EuiFormRow
      fullWidth
      hasChildLabel={false}
      helpText={i18n.translate('logAnomalies.bucket.silenceHelp', {
        defaultMessage: 'Right for services and hosts. Off for clients: most of them come once.',
      })}
    >
      <EuiSwitch
        label={i18n.translate('logAnomalies.bucket.silence', {
          defaultMessage: 'Silence counts: whoever logged before and does not now is judged, too',
        })}
        checked={bucket.silence ?? BUCKET_DEFAULTS.silence}
        onChange={(event) => changeBucket({ silence: event.target.checked })}
        data-test-subj="logAnomaliesSilence"
      />
    </EuiFormRow>
  );
}

/** Settings of buckets that few people change; they open when one of them has a problem. */
function RarelyChanged({ draft, change, problem }: DraftFieldsProps): ReactElement {
  const [showsRare, setShowsRare] = useState(false);
  const rareFields = bucketRareFields(draft, change);
  const hasRareProblem = rareFields.some(({ path }) => problem(path) !== undefined);
  // A problem is not to be looked for.
  useEffect(() => {
    if (hasRareProblem) setShowsRare(true);
  }, [hasRareProblem]);
  return (
    <EuiAccordion
      id="logAnomaliesBucketRare"
      buttonContent={i18n.translate('logAnomalies.rare.title', { defaultMessage: 'Rarely changed' })}
      forceState={showsRare ? 'open' : 'closed'}
      onToggle={setShowsRare}
      data-test-subj="logAnomaliesBucketRare"
    >
      <EuiSpacer size="m" />
      <SettingsGrid fields={rareFields} problem={problem} />
    </EuiAccordion>
  );
}
