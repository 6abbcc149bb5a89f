import { i18n } from '@kbn/i18n';
import { printable } from '../../../common/printable';
import type { Answer } from '../../shared/app/api_client';
import { formatPart } from '../../shared/values/format';

type Found = Answer<'explainChange'>;
export type ChangedValue = Found['groups'][number]['values'][number];

/** Characters of a value that are shown. */
const SHOWN_CHARACTERS = 300;

const shown = (value: string | number | boolean | undefined): string =>
  printable(String(value ?? ''), SHOWN_CHARACTERS);

export function factText({ kind, field, value }: ChangedValue): string {
  switch (kind) {
    case 'value':
    case 'pattern':
      return `${field}: ${shown(value)}`;
    case 'missing':
      return i18n.translate('logAnomalies.explainChange.missing', {
        defaultMessage: 'no {field}',
        values: { field },
      });
  }
}

/** @example ratioText(4.21) // '4.2 ×' */
export const ratioText = (ratio: number): string =>
  `${new Intl.NumberFormat(i18n.getLocale(), { maximumSignificantDigits: 2 }).format(ratio)} ×`;

export const foundInText = ({
  field,
  value,
  share,
  elsewhere,
}: Found['groups'][number]['found_in'][number]): string =>
  i18n.translate('logAnomalies.explainChange.foundInValue', {
    defaultMessage: '{field}: {value} ({share} of these logs, {elsewhere} of the others)',
    values: { field, value: shown(value), share: formatPart(share), elsewhere: formatPart(elsewhere) },
  });

export function remarkText(remark: Found['remarks'][number]): string {
  switch (remark) {
    case 'empty_window':
      return i18n.translate('logAnomalies.explainChange.emptyWindow', {
        defaultMessage: 'There is no log in this time.',
      });
    case 'empty_baseline':
      return i18n.translate('logAnomalies.explainChange.emptyBaseline', {
        defaultMessage: 'There is no log in the time before: nothing to compare with.',
      });
    case 'entity_without_past':
      return i18n.translate('logAnomalies.explainChange.entityWithoutPast', {
        defaultMessage:
          'It has next to no logs of its own in the time before: all logs of the source are compared.',
      });
    case 'few_logs':
      return i18n.translate('logAnomalies.explainChange.fewLogs', {
        defaultMessage: 'There are few logs: only large changes can be told from chance.',
      });
    case 'counts_estimated':
      return i18n.translate('logAnomalies.explainChange.estimated', {
        defaultMessage: 'Counts of values are estimated from a part of the logs.',
      });
    case 'rare_values_not_searched':
      return i18n.translate('logAnomalies.explainChange.notSearched', {
        defaultMessage:
          'Values too rare for a sample were not looked for: the cluster could not say in time.',
      });
    case 'fields_left_out':
      return i18n.translate('logAnomalies.explainChange.fieldsLeftOut', {
        defaultMessage: 'Fields that few logs hold were not compared, since there are too many.',
      });
  }
}
