import { i18n } from '@kbn/i18n';
import { DAY } from '../../../common/duration';
import { printable } from '../../../common/printable';
import type { Answer } from '../../shared/app/api_client';
import { formatAbout, formatCount, formatDuration } from '../../shared/values/format';

const LONGEST_NAME = 200;
/** Returns a name out of the cluster, without what reorders or hides text. */
export const shownName = (name: string): string => printable(name, LONGEST_NAME);

type Scan = Answer<'scanLogs'>;
export type LeftOut = Scan['left_out'][number];
export type Kind = NonNullable<Answer<'proposeDetectors'>['kind']>;
export type Proposal = Answer<'proposeDetectors'>['proposals'][number];

export function kindText(kind: Kind): string {
  switch (kind) {
    case 'nginx':
      return i18n.translate('logAnomalies.scan.kindNginx', { defaultMessage: 'nginx' });
    case 'apache':
      return i18n.translate('logAnomalies.scan.kindApache', { defaultMessage: 'Apache HTTP server' });
    case 'caddy':
      return i18n.translate('logAnomalies.scan.kindCaddy', { defaultMessage: 'Caddy' });
    case 'kubernetes':
      return i18n.translate('logAnomalies.scan.kindKubernetes', { defaultMessage: 'Kubernetes containers' });
    case 'authentication':
      return i18n.translate('logAnomalies.scan.kindAuthentication', {
        defaultMessage: 'Log-ins and commands',
      });
    case 'elastic_agent':
      return i18n.translate('logAnomalies.scan.kindElasticAgent', {
        defaultMessage: "Elastic Agent's own logs",
      });
    case 'system':
      return i18n.translate('logAnomalies.scan.kindSystem', { defaultMessage: 'System logs' });
    case 'database':
      return i18n.translate('logAnomalies.scan.kindDatabase', { defaultMessage: 'Database' });
    case 'web':
      return i18n.translate('logAnomalies.scan.kindWeb', { defaultMessage: 'Web requests' });
    case 'application':
      return i18n.translate('logAnomalies.scan.kindApplication', { defaultMessage: 'Application' });
    case 'other':
      return i18n.translate('logAnomalies.scan.kindOther', { defaultMessage: 'Messages' });
  }
}

/** Says what a proposed detector judges, and by which entity. */
export function proposalText({ unit, detector }: Proposal): string {
  const entity = detector.entity_field && shownName(detector.entity_field);
  if (unit === 'bucket') {
    return i18n.translate('logAnomalies.scan.bucket', {
      defaultMessage:
        'All logs of each {entity} together, every {span}: {silence, select, yes {floods, silence, more errors} other {floods, scans}}',
      values: {
        entity: entity ?? '',
        span: formatDuration(detector.bucket?.span ?? ''),
        silence: detector.bucket?.silence === false ? 'no' : 'yes',
      },
    });
  }
  return entity === undefined
    ? i18n.translate('logAnomalies.scan.log', { defaultMessage: 'Each log by itself' })
    : i18n.translate('logAnomalies.scan.logBy', {
        defaultMessage: 'Each log by itself, results by {entity}',
        values: { entity },
      });
}

/** Says how much a proposed detector looks at, and how much it is going to tell. */
export function amountText({ unit, detector, expected_alerts_per_day: aDay, ...learned }: Proposal): string {
  const anomalies = i18n.translate('logAnomalies.scan.aDay', {
    defaultMessage: 'at most {count} anomalies a day',
    values: { count: formatCount(aDay) },
  });
  const features = i18n.translate('logAnomalies.scan.features', {
    defaultMessage: '{count, plural, one {# feature} other {# features}}',
    values: { count: detector.features.length },
  });
  const parts = [...(unit === 'log' ? [features] : []), anomalies];
  if (!learned.ready) {
    const values = { rows: formatCount(learned.rows), needed: formatCount(learned.rows_needed) };
    parts.push(
      unit === 'bucket'
        ? i18n.translate('logAnomalies.scan.rowsNotReady', {
            defaultMessage: '{rows} of {needed} rows to learn from; it waits until there are enough',
            values,
          })
        : i18n.translate('logAnomalies.scan.notReady', {
            defaultMessage: '{rows} of {needed} logs to learn from; it waits until there are enough',
            values,
          }),
    );
  }
  return parts.join(' · ');
}

/** Says how many documents a source holds; of less than a day no rate is told. */
export function documentsText({
  logs,
  looked,
}: {
  logs: number;
  looked?: { logs: number; days: number };
}): string {
  const count = formatCount(logs);
  if (looked === undefined) {
    return i18n.translate('logAnomalies.scan.documents', {
      defaultMessage: '{count} documents',
      values: { count },
    });
  }
  return looked.days < 1
    ? i18n.translate('logAnomalies.scan.documentsInSpan', {
        defaultMessage: '{count} documents in {span}',
        values: { count, span: formatAbout(looked.days * DAY) },
      })
    : i18n.translate('logAnomalies.scan.documentsADay', {
        defaultMessage: '{count} documents, {aDay} a day',
        values: { count, aDay: formatCount(looked.logs / looked.days) },
      });
}

export function leftOutText({ reason, count }: LeftOut): string {
  const values = { count: formatCount(count) };
  switch (reason) {
    case 'hidden':
      return i18n.translate('logAnomalies.scan.leftHidden', {
        defaultMessage: '{count} hidden or of the system',
        values,
      });
    case 'own':
      return i18n.translate('logAnomalies.scan.leftOwn', {
        defaultMessage: '{count} of Log Anomalies itself',
        values,
      });
    case 'no_logs_by_name':
      return i18n.translate('logAnomalies.scan.leftMetrics', {
        defaultMessage: '{count} with metrics, traces and the like, by their name',
        values,
      });
    case 'no_recent_logs':
      return i18n.translate('logAnomalies.scan.leftOld', {
        defaultMessage: '{count} without a document of the last 7 days',
        values,
      });
    case 'odd_name':
      return i18n.translate('logAnomalies.scan.leftOdd', {
        defaultMessage: '{count} with a name that cannot be read',
        values,
      });
    case 'too_many':
      return i18n.translate('logAnomalies.scan.leftMany', {
        defaultMessage: '{count} with fewer documents than those shown',
        values,
      });
  }
}
