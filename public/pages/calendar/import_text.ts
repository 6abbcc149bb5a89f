import { i18n } from '@kbn/i18n';
import type { ImportedRow, ImportProblem, ImportReport } from '../../../common/annotations';
import { printable } from '../../../common/printable';
import { formatCount } from '../../shared/values/format';
import { fieldName } from './calendar_text';

type Counts = Pick<ImportReport, 'found' | 'left_out' | 'noted' | 'ended' | 'unchanged' | 'failed'>;

const NAME_CHARACTERS = 120;

/** Says what an import would do. */
export const previewText = ({ found, failed, ...report }: Counts): string =>
  found + failed === 0
    ? i18n.translate('logAnomalies.calendar.importNothing', {
        defaultMessage: 'The index holds nothing of this time.',
      })
    : i18n.translate('logAnomalies.calendar.importPreview', {
        defaultMessage:
          'New: {noted}. Get an end: {ended}. There already: {unchanged}. Cannot be noted: {failed}.',
        values: countsOf({ failed, ...report }),
      });

/** Says what an import has done. */
export const importedText = (report: Counts): string =>
  i18n.translate('logAnomalies.calendar.imported', {
    defaultMessage:
      'Noted: {noted}. Given an end: {ended}. There already: {unchanged}. Cannot be noted: {failed}.',
    values: countsOf(report),
  });

const countsOf = ({ noted, ended, unchanged, failed }: Omit<Counts, 'found' | 'left_out'>) => ({
  noted: formatCount(noted),
  ended: formatCount(ended),
  unchanged: formatCount(unchanged),
  failed: formatCount(failed),
});

/** @returns undefined where all documents were read */
export const leftOutText = ({ found, left_out: leftOut }: Counts): string | undefined =>
  leftOut === 0
    ? undefined
    : i18n.translate('logAnomalies.calendar.importLeftOut', {
        defaultMessage:
          'The newest {read} of {found} documents are read. Choose a shorter time for the older ones.',
        values: { read: formatCount(found - leftOut), found: formatCount(found) },
      });

/** @example problemLine(problem) // Nothing says what was done: 2 documents, such as deployments/1, deployments/2 */
export const problemLine = ({ field, count, examples }: ImportProblem): string =>
  i18n.translate('logAnomalies.calendar.importProblem', {
    defaultMessage:
      '{reason}: {documents, plural, one {{count} document} other {{count} documents}}, such as {examples}',
    values: {
      reason: reasonText(field),
      documents: count,
      count: formatCount(count),
      examples: examples.map(({ index, id }) => printable(`${index}/${id}`, NAME_CHARACTERS)).join(', '),
    },
  });

function reasonText(field: ImportProblem['field']): string {
  switch (field) {
    case 'at':
      return i18n.translate('logAnomalies.calendar.importNoStart', {
        defaultMessage: 'No start, or one before 2000 or more than a year ahead',
      });
    case 'ends_at':
      return i18n.translate('logAnomalies.calendar.importBadEnd', {
        defaultMessage: 'The end is not later than the start, or by more than 31 days',
      });
    case 'title':
      return i18n.translate('logAnomalies.calendar.importNoTitle', {
        defaultMessage: 'Nothing says what was done',
      });
    case 'entities':
      return i18n.translate('logAnomalies.calendar.importBadEntities', {
        defaultMessage: 'More than 50 services or hosts, or too long a name',
      });
    case 'url':
      return i18n.translate('logAnomalies.calendar.importBadUrl', {
        defaultMessage: 'The page that says more is no http:// or https:// address',
      });
    case 'id':
      return i18n.translate('logAnomalies.calendar.importTaken', {
        defaultMessage: 'The calendar holds a document of its id that is no annotation',
      });
    default:
      return i18n.translate('logAnomalies.calendar.importBadField', {
        defaultMessage: '{field} cannot be read',
        values: { field: fieldName(field) },
      });
  }
}

/** Returns what becomes of a document. */
export function outcomeText({ outcome, differs }: Pick<ImportedRow, 'outcome' | 'differs'>): string {
  if (outcome === 'noted') {
    return i18n.translate('logAnomalies.calendar.importNew', { defaultMessage: 'New' });
  }
  if (outcome === 'ended') {
    return i18n.translate('logAnomalies.calendar.importEnded', { defaultMessage: 'Gets an end' });
  }
  return differs.length === 0
    ? i18n.translate('logAnomalies.calendar.importThere', { defaultMessage: 'There already' })
    : i18n.translate('logAnomalies.calendar.importStays', {
        defaultMessage: 'There already, stays as it is: {fields}',
        values: { fields: differs.map(fieldName).join(', ') },
      });
}
