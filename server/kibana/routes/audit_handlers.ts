import { LONGEST_EXPORT, type auditEndpoints, type AuditEntryBody } from '../../../common/api/audit';
import { isContradicted, type AuditEntry } from '../../../common/audit';
import { createAuditTrail } from '../../elasticsearch';
import { FileAnswer, type Handlers } from './handler';

const bodyOf = (entry: AuditEntry): AuditEntryBody => {
  const { detectorId, details, ...rest } = entry;
  return {
    detector_id: detectorId,
    ...rest,
    ...(details && { details: { ...details } }),
    ...(entry.recorded && { contradicted: isContradicted(entry) }),
  };
};

/** The index is that of the space, so entries of a detector that is gone can be read still. */
export const auditHandlers: Handlers<keyof typeof auditEndpoints> = {
  listAudit: async ({ params, query }, { scope }) => {
    const { total, entries } = await createAuditTrail(scope.elasticsearch, { space: scope.space }).list(
      params.id,
      query,
    );
    return { total, entries: entries.map(bodyOf) };
  },
  exportAudit: async ({ params, query }, { scope }) => {
    const trail = createAuditTrail(scope.elasticsearch, { space: scope.space });
    const { entries } = await trail.list(params.id, { ...query, size: LONGEST_EXPORT });
    const lines = entries.reverse().map((entry) => `${JSON.stringify(bodyOf(entry))}\n`);
    return new FileAnswer(lines.join(''), `${params.id}-audit.jsonl`, 'application/x-ndjson');
  },
};
