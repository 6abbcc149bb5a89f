import React, { useState, type ReactElement } from 'react';
import {
  EuiAccordion,
  EuiBasicTable,
  EuiButton,
  EuiCallOut,
  EuiFieldText,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutHeader,
  EuiFormRow,
  EuiSelect,
  EuiSpacer,
  EuiSuperDatePicker,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import {
  ANNOTATION_KINDS,
  IMPORTED,
  type AnnotationKind,
  type ImportedRow,
  type ImportReport,
} from '../../../common/annotations';
import { useApp } from '../../shared/app/app_context';
import { FlyoutFooter } from '../../shared/layout/flyout_footer';
import { useAction } from '../../shared/requests/use_action';
import {
  annotationKindName,
  annotationTime,
  annotationTitle,
  shownAnnotation,
} from '../../shared/values/annotation_text';
import { formatCount } from '../../shared/values/format';
import type { TimeRange } from '../../shared/values/time_range';
import { fieldName } from './calendar_text';
import { defaultFieldsText, emptyImport, importBodyOf, type ImportForm } from './import_draft';
import { importedText, leftOutText, outcomeText, previewText, problemLine } from './import_text';

/** Rows of the preview. */
const SHOWN_ROWS = 10;

/** A question, with the form that it was made of, and the answer. */
interface Asked {
  readonly form: ImportForm;
  readonly body: NonNullable<ReturnType<typeof importBodyOf>['body']>;
  readonly report: ImportReport;
}

/** Notes what an index holds: what would be noted is shown before it is. */
export default function ImportFlyout(props: {
  /** Time that is read first. */
  range: TimeRange;
  close: (isImported: boolean) => void;
}): ReactElement {
  const { api } = useApp();
  const { run, isBusy, failure } = useAction();
  const [form, setForm] = useState(() => emptyImport(props.range));
  const [previewed, setPreviewed] = useState<Asked>();
  const [imported, setImported] = useState<Asked>();
  const { body, problems } = importBodyOf(form);
  // Answers for another form, as one that was edited meanwhile, are not shown for this one.
  const [preview, done] = [previewed, imported].map((asked) => (asked?.form === form ? asked : undefined));
  const change = (changes: Partial<ImportForm>) => setForm({ ...form, ...changes });
  const look = () =>
    body &&
    run(async () => {
      const report = await api('importAnnotations', { body: { ...body, dry_run: true } });
      setPreviewed({ form, body, report });
    });
  /** Imports what was looked at: times such as "now" are not read anew. */
  const save = (asked: Asked) =>
    run(async () => {
      const report = await api('importAnnotations', { body: asked.body });
      setImported({ ...asked, report });
      return report;
    }, importedText);
  const close = () => props.close(imported !== undefined);
  const fresh = preview === undefined ? 0 : preview.report.noted + preview.report.ended;
  return (
    <EuiFlyout onClose={close} size="m" ownFocus aria-labelledby="logAnomaliesCalendarImportTitle">
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="m">
          <h2 id="logAnomaliesCalendarImportTitle">
            {i18n.translate('logAnomalies.calendar.import', { defaultMessage: 'Import from an index' })}
          </h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <EuiText size="s" color="subdued">
          <p>
            {i18n.translate('logAnomalies.calendar.importDescription', {
              defaultMessage:
                'Each document is noted once, with your permissions. A later import adds what is new, and ends that came later.',
            })}
          </p>
        </EuiText>
        <EuiSpacer size="m" />
        <ImportFields form={form} change={change} problems={problems} />
        <EuiSpacer size="l" />
        {failure !== undefined && <EuiCallOut size="s" color="danger" iconType="warning" title={failure} />}
        {done !== undefined ? (
          <Outcome report={done.report} title={importedText(done.report)} />
        ) : (
          preview !== undefined && (
            <>
              <Outcome report={preview.report} title={previewText(preview.report)} />
              {preview.report.rows.length > 0 && <PreviewTable rows={preview.report.rows} />}
            </>
          )
        )}
      </EuiFlyoutBody>
      <FlyoutFooter
        close={close}
        closeLabel={done && i18n.translate('logAnomalies.calendar.importClose', { defaultMessage: 'Close' })}
      >
        {done === undefined && (
          <EuiButton
            fill
            isLoading={isBusy}
            isDisabled={body === undefined || (preview !== undefined && fresh === 0)}
            onClick={() => void (preview === undefined ? look() : save(preview))}
            data-test-subj="logAnomaliesCalendarImportNext"
          >
            {preview === undefined
              ? i18n.translate('logAnomalies.calendar.importLook', { defaultMessage: 'Preview' })
              : i18n.translate('logAnomalies.calendar.importSave', {
                  defaultMessage: 'Import {count}',
                  values: { count: formatCount(fresh) },
                })}
          </EuiButton>
        )}
      </FlyoutFooter>
    </EuiFlyout>
  );
}

interface FieldsProps {
  readonly form: ImportForm;
  readonly change: (changes: Partial<ImportForm>) => void;
  readonly problems: ReturnType<typeof importBodyOf>['problems'];
}

function ImportFields({ form, change, problems }: FieldsProps): ReactElement {
  const [isTouched, setIsTouched] = useState(false);
  const time = i18n.translate('logAnomalies.results.time', { defaultMessage: 'Time' });
  return (
    <>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.calendar.importIndex', { defaultMessage: 'Index' })}
        helpText={i18n.translate('logAnomalies.calendar.importIndexHelp', {
          defaultMessage: 'Index, data stream, alias or pattern, such as deployments-*.',
        })}
        isInvalid={isTouched && problems.index !== undefined}
        error={problems.index}
      >
        <EuiFieldText
          fullWidth
          value={form.index}
          placeholder="observability-annotations"
          isInvalid={isTouched && problems.index !== undefined}
          onChange={({ target }) => {
            setIsTouched(true);
            change({ index: target.value });
          }}
          data-test-subj="logAnomaliesCalendarImportIndex"
        />
      </EuiFormRow>
      <EuiFormRow fullWidth label={i18n.translate('logAnomalies.calendar.kind', { defaultMessage: 'Kind' })}>
        <EuiSelect
          fullWidth
          value={form.kind ?? ''}
          options={[
            {
              value: '',
              text: i18n.translate('logAnomalies.calendar.importKindOfDocument', {
                defaultMessage: 'As each document says, else Deployment',
              }),
            },
            ...ANNOTATION_KINDS.map((kind) => ({ value: kind, text: annotationKindName(kind) })),
          ]}
          onChange={({ target }) =>
            change({ kind: (target.value || undefined) as AnnotationKind | undefined })
          }
        />
      </EuiFormRow>
      <EuiFormRow fullWidth label={time}>
        <EuiSuperDatePicker
          width="full"
          showUpdateButton={false}
          start={form.range.from}
          end={form.range.to}
          onTimeChange={({ start, end }) => change({ range: { from: start, to: end } })}
        />
      </EuiFormRow>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.calendar.importQuery', {
          defaultMessage: 'Only documents that match',
        })}
        helpText={i18n.translate('logAnomalies.calendar.importQueryHelp', {
          defaultMessage: 'Lucene query string. Empty: all.',
        })}
        isInvalid={problems.query !== undefined}
        error={problems.query}
      >
        <EuiFieldText
          fullWidth
          value={form.query}
          onChange={({ target }) => change({ query: target.value })}
        />
      </EuiFormRow>
      <EuiSpacer size="m" />
      <FieldNames form={form} change={change} problems={problems} />
    </>
  );
}

/** Names of the fields of the documents, which have defaults. */
function FieldNames({ form, change, problems }: FieldsProps): ReactElement {
  return (
    <EuiAccordion
      id="logAnomaliesCalendarImportFields"
      buttonElement="button"
      data-test-subj="logAnomaliesCalendarImportFields"
      buttonContent={i18n.translate('logAnomalies.calendar.importFields', { defaultMessage: 'Fields' })}
    >
      <EuiSpacer size="s" />
      <EuiText size="xs" color="subdued">
        <p>
          {i18n.translate('logAnomalies.calendar.importFieldsHelp', {
            defaultMessage:
              'Names of fields, separated by commas. The first that a document has counts; of services or hosts, all.',
          })}
        </p>
      </EuiText>
      <EuiSpacer size="s" />
      {IMPORTED.filter((field) => field !== 'kind' || form.kind === undefined).map((field) => (
        <EuiFormRow
          key={field}
          fullWidth
          display="columnCompressed"
          label={fieldName(field)}
          isInvalid={problems[field] !== undefined}
          error={problems[field]}
        >
          <EuiFieldText
            fullWidth
            compressed
            value={form.fields[field] ?? ''}
            placeholder={defaultFieldsText(field)}
            isInvalid={problems[field] !== undefined}
            onChange={({ target }) => change({ fields: { ...form.fields, [field]: target.value } })}
          />
        </EuiFormRow>
      ))}
    </EuiAccordion>
  );
}

/** Says in words what an import does or has done, and what it cannot note. */
function Outcome({ report, title }: { report: ImportReport; title: string }): ReactElement {
  const leftOut = leftOutText(report);
  const lines = [...(leftOut === undefined ? [] : [leftOut]), ...report.problems.map(problemLine)];
  return (
    <EuiCallOut
      size="s"
      color={report.failed > 0 ? 'warning' : 'primary'}
      title={title}
      data-test-subj="logAnomaliesCalendarImportOutcome"
    >
      {lines.length > 0 && (
        <ul className="eui-textBreakWord">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </EuiCallOut>
  );
}

function PreviewTable({ rows }: { rows: readonly ImportedRow[] }): ReactElement {
  const shown = rows
    .slice(0, SHOWN_ROWS)
    .map((row) => ({ ...row, annotation: shownAnnotation(row.annotation) }));
  return (
    <>
      <EuiSpacer size="m" />
      <EuiBasicTable<ImportedRow>
        compressed
        items={shown}
        tableCaption={i18n.translate('logAnomalies.calendar.importCaption', {
          defaultMessage: 'The newest of what would be imported',
        })}
        data-test-subj="logAnomaliesCalendarImportPreview"
        columns={[
          {
            name: i18n.translate('logAnomalies.results.time', { defaultMessage: 'Time' }),
            width: '26%',
            render: ({ annotation }: ImportedRow) => annotationTime(annotation),
          },
          {
            name: i18n.translate('logAnomalies.calendar.kind', { defaultMessage: 'Kind' }),
            render: ({ annotation }: ImportedRow) => (
              <strong className="eui-textBreakWord">{annotationTitle(annotation)}</strong>
            ),
          },
          {
            name: i18n.translate('logAnomalies.calendar.title', { defaultMessage: 'What was done' }),
            render: ({ annotation }: ImportedRow) => (
              <span className="eui-textBreakWord">{annotation.title}</span>
            ),
          },
          {
            name: i18n.translate('logAnomalies.calendar.importOutcome', { defaultMessage: 'Import' }),
            width: '18%',
            render: outcomeText,
          },
        ]}
      />
    </>
  );
}
