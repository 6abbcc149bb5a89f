import { i18n } from '@kbn/i18n';
import type { IncidentBody } from '../../../common/api';
import { readPartReason, STEP_REASONS, type StepReason } from '../../../common/incidents';
import { SEVERITIES } from '../../../common/anomaly';
import { formatCount } from '../values/format';
import { severityName } from '../values/severity';

/** Returns in words one step of the history of an incident. */
export function stepText({ action, from, to, because }: IncidentBody['history'][number]): string {
  const changed = (named: (value: string) => string) => ({
    change: [from, to].flatMap((value) => (value === undefined ? [] : [named(value)])).join(' → '),
  });
  const said = ((): string => {
    switch (action) {
      case 'opened':
        return i18n.translate('logAnomalies.incident.stepOpened', { defaultMessage: 'opened' });
      case 'reopened':
        return i18n.translate('logAnomalies.incident.stepReopened', { defaultMessage: 'opened again' });
      case 'acknowledged':
        return i18n.translate('logAnomalies.incident.stepAcknowledged', { defaultMessage: 'acknowledged' });
      case 'closed':
        return i18n.translate('logAnomalies.incident.stepClosed', { defaultMessage: 'closed' });
      case 'assigned':
        return to === undefined
          ? i18n.translate('logAnomalies.incident.stepUnassigned', { defaultMessage: 'assigned to nobody' })
          : i18n.translate('logAnomalies.incident.stepAssigned', {
              defaultMessage: 'assigned to {name}',
              values: { name: to },
            });
      case 'commented':
        return i18n.translate('logAnomalies.incident.stepCommented', { defaultMessage: 'commented' });
      case 'merged':
        return i18n.translate('logAnomalies.incident.stepMerged', {
          defaultMessage: 'another incident turned out to be a part of it',
        });
      case 'grew':
        return i18n.translate('logAnomalies.incident.stepGrew', {
          defaultMessage: 'grew: {change}',
          values: changed((count) => formatCount(Number(count))),
        });
      case 'severity_changed':
        return i18n.translate('logAnomalies.incident.stepSeverity', {
          defaultMessage: 'severity changed: {change}',
          values: changed(severityOf),
        });
    }
  })();
  return because === undefined ? said : `${said}. ${becauseText(because)}`;
}

function severityOf(value: string): string {
  const known = SEVERITIES.find(({ name }) => name === value);
  return known === undefined ? value : severityName(known.name);
}

/** Returns the reason of a step in the language of the reader; one that is not known keeps the words of the server. */
function becauseText(because: string): string {
  const part = readPartReason(because);
  if (part !== undefined) {
    return i18n.translate('logAnomalies.incident.becausePart', {
      defaultMessage: '"{title}" is a part of it{goesOn, select, yes { and goes on} other {}}',
      values: { title: part.title, goesOn: part.goesOn ? 'yes' : 'no' },
    });
  }
  const known = (Object.keys(STEP_REASONS) as StepReason[]).find((key) => STEP_REASONS[key] === because);
  switch (known) {
    case 'quiet':
      return i18n.translate('logAnomalies.incident.becauseQuiet', {
        defaultMessage: 'Nothing came for the quiet time',
      });
    case 'back':
      return i18n.translate('logAnomalies.incident.becauseBack', {
        defaultMessage: 'Results of it count again',
      });
    case 'back_and_quiet':
      return i18n.translate('logAnomalies.incident.becauseBackAndQuiet', {
        defaultMessage: 'Results of it count again. Nothing came for the quiet time',
      });
    case 'no_results':
      return i18n.translate('logAnomalies.incident.becauseNoResults', {
        defaultMessage: 'None of its results counts any more: they were hidden, judged normal or withdrawn',
      });
    case 'went_on':
      return i18n.translate('logAnomalies.incident.becauseWentOn', {
        defaultMessage: 'It went on after it was closed',
      });
    case undefined:
      return because;
  }
}
