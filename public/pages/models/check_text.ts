import { i18n } from '@kbn/i18n';
import type { CandidateCheck } from '../../../common/api/gate';

/** As exact as is worth reading. */
const figure = (value: unknown): string =>
  new Intl.NumberFormat(i18n.getLocale(), {
    ...(!Number.isInteger(value) && { maximumSignificantDigits: 2 }),
  }).format(Number(value));
const percent = (share: unknown): string =>
  new Intl.NumberFormat(i18n.getLocale(), { style: 'percent', maximumSignificantDigits: 2 }).format(
    Number(share),
  );

/** Returns the translated result of a check; an unknown code keeps the server's message. */
export function checkText({ message, said }: Pick<CandidateCheck, 'message' | 'said'>): string {
  const given = said?.values ?? {};
  const of = (...names: string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, figure(given[name])]));
  switch (said?.code) {
    case 'false_alarms':
      return i18n.translate('logAnomalies.check.falseAlarms', {
        defaultMessage:
          '{a_day} false alarms a day, at most {allowed} are allowed (the active model has {active}, {share} of the logs are asked for)',
        values: { ...of('a_day', 'allowed', 'active'), share: percent(given.asked_share) },
      });
    case 'alert_rate':
    case 'alert_rate_shared': {
      const rate = i18n.translate('logAnomalies.check.alertRate', {
        defaultMessage:
          'since its promotion {anomalies} of {logs} logs were called anomalous, at most {limit} are allowed',
        values: of('anomalies', 'logs', 'limit'),
      });
      return said.code === 'alert_rate'
        ? rate
        : `${rate}; ${i18n.translate('logAnomalies.check.alertRateShared', {
            defaultMessage: 'the model before sees {shared} of them',
            values: { shared: percent(given.shared) },
          })}`;
    }
    case 'score_drift':
      return i18n.translate('logAnomalies.check.scoreDrift', {
        defaultMessage:
          'the scores of these logs differ from those of its training by {drift} (population stability index), at most {limit} is allowed',
        values: of('drift', 'limit'),
      });
    case 'feature_drift':
      return i18n.translate('logAnomalies.check.featureDrift', {
        defaultMessage:
          '{feature} has moved by {drift} since its training (population stability index), at most {limit} is allowed',
        values: { feature: given.feature, ...of('drift', 'limit') },
      });
    case 'training_rows':
      return i18n.translate('logAnomalies.check.trainingRows', {
        defaultMessage:
          'trained on {rows} logs, at least {limit} are asked for (the active model has {active})',
        values: of('rows', 'limit', 'active'),
      });
    case 'sees_all_features':
      return i18n.translate('logAnomalies.check.seesAll', {
        defaultMessage: 'it sees every feature that differs among these logs',
      });
    case 'blind_features':
      return i18n.translate('logAnomalies.check.blind', {
        defaultMessage: 'it is blind to {features}: all alike in its training, and not in these logs',
        values: { features: given.features },
      });
    case 'planted_found':
      return i18n.translate('logAnomalies.check.planted', {
        defaultMessage:
          'of {of} trial anomalies that the active model finds it would find {found}, at least {limit} are asked for',
        values: { ...of('of', 'found'), limit: percent(given.limit) },
      });
    case 'planted_kinds':
      return i18n.translate('logAnomalies.check.kinds', {
        defaultMessage: '{kind}: it would find {found} of {of} that the active model finds',
        values: { kind: kindText(String(given.kind)), ...of('found', 'of') },
      });
    case 'silence':
      return i18n.translate('logAnomalies.check.silence', {
        defaultMessage:
          'by its threshold it flags {flagged} of {planted} trial anomalies, the active model {active}',
        values: of('flagged', 'planted', 'active'),
      });
    case 'known_found':
      return i18n.translate('logAnomalies.check.known', {
        defaultMessage: 'of {of} known anomalies that the active model finds it would find {found}',
        values: of('of', 'found'),
      });
    case 'agreement':
      return i18n.translate('logAnomalies.check.agreement', {
        defaultMessage: 'the two models rank these logs alike by {rank}, at least {limit} is asked for',
        values: of('rank', 'limit'),
      });
    case 'agreement_not_asked':
      return i18n.translate('logAnomalies.check.agreementNotAsked', {
        defaultMessage:
          'the active model no longer fits these logs, so agreeing with it ({rank}) is not asked for',
        values: of('rank'),
      });
    case 'cost':
      return i18n.translate('logAnomalies.check.cost', {
        defaultMessage: 'scoring takes {microseconds} µs a log, at most {limit} are allowed',
        values: of('microseconds', 'limit'),
      });
    default:
      return message;
  }
}

/** @param kind such as `far value in duration`, as the server calls what it plants */
export function kindText(kind: string): string {
  const [what, ...feature] = kind.split(' in ');
  const name = KINDS[what];
  return name === undefined || feature.length === 0
    ? kind
    : i18n.translate('logAnomalies.kind.in', {
        defaultMessage: '{what} in {feature}',
        values: { what: name(), feature: feature.join(' in ') },
      });
}

const KINDS: Readonly<Record<string, () => string>> = {
  'far value': () => i18n.translate('logAnomalies.kind.far', { defaultMessage: 'far value' }),
  'unseen value': () => i18n.translate('logAnomalies.kind.unseen', { defaultMessage: 'unseen value' }),
  'failing status': () => i18n.translate('logAnomalies.kind.failing', { defaultMessage: 'failing status' }),
  attack: () => i18n.translate('logAnomalies.kind.attack', { defaultMessage: 'attack' }),
  'unknown message': () => i18n.translate('logAnomalies.kind.message', { defaultMessage: 'unknown message' }),
};
