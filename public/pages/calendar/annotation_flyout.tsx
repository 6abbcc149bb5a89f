import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiCallOut,
  EuiComboBox,
  EuiDatePicker,
  EuiFieldText,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutHeader,
  EuiFormRow,
  EuiSelect,
  EuiSpacer,
  EuiSwitch,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import moment from 'moment';
import {
  ANNOTATION_KINDS,
  ANNOTATION_LIMITS,
  type Annotation,
  type AnnotationKind,
} from '../../../common/annotations';
import { HOUR } from '../../../common/duration';
import { printable } from '../../../common/printable';
import { useApp } from '../../shared/app/app_context';
import { FlyoutFooter } from '../../shared/layout/flyout_footer';
import { useAction } from '../../shared/requests/use_action';
import { annotationKindName } from '../../shared/values/annotation_text';
import { annotationBodyOf, emptyAnnotation, endingOf, type AnnotationForm } from './annotation_draft';
import { endedText, notedText } from './calendar_text';

/** Notes a deployment, a change, an incident or maintenance, or gives one that is there an end. */
export default function AnnotationFlyout(props: {
  /** Undefined: a new one. */
  ending?: Annotation;
  close: (isNoted: boolean) => void;
}): ReactElement {
  const { ending, close } = props;
  const { api } = useApp();
  const { run, isBusy, failure } = useAction();
  const [form, setForm] = useState(() =>
    ending === undefined ? emptyAnnotation(Date.now()) : endingOf(ending, Date.now()),
  );
  const { body, problems } = annotationBodyOf(form);
  const title =
    ending === undefined
      ? i18n.translate('logAnomalies.calendar.add', { defaultMessage: 'Note a change' })
      : i18n.translate('logAnomalies.calendar.endTitle', {
          defaultMessage: 'Give {title} an end',
          values: { title: ending.title },
        });
  const save = async () => {
    if (body === undefined) return;
    const shown = printable(body.title, ANNOTATION_LIMITS.titleCharacters);
    const said = ending === undefined ? notedText : endedText;
    if (
      await run(
        () => api('addAnnotation', { body }),
        (answer) => said(shown, answer),
      )
    )
      close(true);
  };
  const Fields = ending === undefined ? AnnotationFields : EndField;
  return (
    <EuiFlyout onClose={() => close(false)} size="s" ownFocus aria-labelledby="logAnomaliesAnnotationTitle">
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="m">
          <h2 id="logAnomaliesAnnotationTitle">{title}</h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <Fields form={form} change={(changes) => setForm({ ...form, ...changes })} problems={problems} />
        {failure !== undefined && (
          <>
            <EuiSpacer size="m" />
            <EuiCallOut size="s" color="danger" iconType="warning" title={failure} />
          </>
        )}
      </EuiFlyoutBody>
      <FlyoutFooter close={() => close(false)}>
        <EuiButton
          fill
          isLoading={isBusy}
          isDisabled={body === undefined}
          onClick={() => void save()}
          data-test-subj="logAnomaliesAnnotationSave"
        >
          {i18n.translate('logAnomalies.calendar.save', { defaultMessage: 'Note it' })}
        </EuiButton>
      </FlyoutFooter>
    </EuiFlyout>
  );
}

interface FieldsProps {
  readonly form: AnnotationForm;
  readonly change: (changes: Partial<AnnotationForm>) => void;
  readonly problems: Readonly<Partial<Record<keyof AnnotationForm, string>>>;
}

function AnnotationFields({ form, change, problems }: FieldsProps): ReactElement {
  return (
    <>
      <EuiFormRow label={i18n.translate('logAnomalies.calendar.kind', { defaultMessage: 'Kind' })}>
        <EuiSelect
          value={form.kind}
          options={ANNOTATION_KINDS.map((kind) => ({ value: kind, text: annotationKindName(kind) }))}
          onChange={({ target }) => change({ kind: target.value as AnnotationKind })}
        />
      </EuiFormRow>
      <EuiFormRow
        label={i18n.translate('logAnomalies.calendar.title', { defaultMessage: 'What was done' })}
        isInvalid={form.title !== '' && problems.title !== undefined}
        error={problems.title}
      >
        <EuiFieldText
          value={form.title}
          maxLength={ANNOTATION_LIMITS.titleCharacters}
          onChange={({ target }) => change({ title: target.value })}
          data-test-subj="logAnomaliesAnnotationName"
        />
      </EuiFormRow>
      <TimeFields form={form} change={change} problems={problems} />
      <EuiFormRow
        label={i18n.translate('logAnomalies.calendar.entities', { defaultMessage: 'Services or hosts' })}
        helpText={i18n.translate('logAnomalies.calendar.entitiesHelp', {
          defaultMessage: 'Entities as anomalies name them. None: it concerns all.',
        })}
        isInvalid={problems.entities !== undefined}
        error={problems.entities}
      >
        <EuiComboBox
          noSuggestions
          selectedOptions={form.entities.map((label) => ({ label }))}
          onChange={(options) => change({ entities: options.map(({ label }) => label) })}
          onCreateOption={(typed) => {
            const name = typed.trim();
            if (name !== '' && !form.entities.includes(name)) change({ entities: [...form.entities, name] });
          }}
        />
      </EuiFormRow>
      <EuiFormRow
        label={i18n.translate('logAnomalies.calendar.version', { defaultMessage: 'Version' })}
        isInvalid={problems.version !== undefined}
        error={problems.version}
      >
        <EuiFieldText
          value={form.version}
          maxLength={ANNOTATION_LIMITS.versionCharacters}
          onChange={({ target }) => change({ version: target.value })}
        />
      </EuiFormRow>
      <EuiFormRow
        label={i18n.translate('logAnomalies.calendar.url', { defaultMessage: 'Page that says more' })}
        isInvalid={problems.url !== undefined}
        error={problems.url}
      >
        <EuiFieldText
          value={form.url}
          placeholder="https://"
          isInvalid={problems.url !== undefined}
          onChange={({ target }) => change({ url: target.value })}
        />
      </EuiFormRow>
    </>
  );
}

const picker = (label: string, time: number, set: (time: number) => void): ReactElement => (
  <EuiDatePicker
    aria-label={label}
    showTimeSelect
    dateFormat="YYYY-MM-DD HH:mm"
    timeFormat="HH:mm"
    selected={moment(time)}
    onChange={(chosen) => chosen && set(chosen.valueOf())}
  />
);

function TimeFields({ form, change, problems }: FieldsProps): ReactElement {
  const { at, endsAt } = form;
  const start = i18n.translate('logAnomalies.calendar.start', { defaultMessage: 'Start' });
  return (
    <>
      <EuiFormRow label={start} isInvalid={problems.at !== undefined} error={problems.at}>
        {picker(start, at, (time) => change({ at: time }))}
      </EuiFormRow>
      <EuiSpacer size="m" />
      <EuiSwitch
        label={i18n.translate('logAnomalies.calendar.hasEnd', { defaultMessage: 'It has an end' })}
        checked={endsAt !== undefined}
        onChange={({ target }) => change({ endsAt: target.checked ? at + HOUR : undefined })}
      />
      <EuiSpacer size="m" />
      {endsAt !== undefined && <EndField form={form} change={change} problems={problems} />}
    </>
  );
}

function EndField({ form: { kind, at, endsAt = at }, change, problems }: FieldsProps): ReactElement {
  const end = i18n.translate('logAnomalies.calendar.end', { defaultMessage: 'End' });
  return (
    <EuiFormRow
      label={end}
      helpText={
        (kind === 'incident' || kind === 'maintenance') &&
        i18n.translate('logAnomalies.calendar.leftOut', {
          defaultMessage: 'No model learns from the logs of this time.',
        })
      }
      isInvalid={problems.endsAt !== undefined}
      error={problems.endsAt}
    >
      {picker(end, endsAt, (time) => change({ endsAt: time }))}
    </EuiFormRow>
  );
}
