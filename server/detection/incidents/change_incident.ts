import type { AuditEntry } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { INCIDENT_LIMITS, type Incident, type IncidentStep } from '../../../common/incidents';
import { printable } from '../../../common/printable';
import type { AuditTrail, Clock } from '../ports';
import type { IncidentStore, StoredIncident } from '../ports/incidents';
import { takeBack, takeBackFailed } from '../audit/on_record';
import { closingTime, withSteps } from './history';

/** Tries while others change the same incident. */
const MOST_TRIES = 5;

/** Changes that a person asks for; what is absent stays. */
export interface IncidentChange {
  readonly state?: 'open' | 'acknowledged' | 'closed';
  /** null: nobody any more. */
  readonly assignee?: string | null;
  readonly comment?: string;
}

/**
 * Puts on record who does what with an incident, and changes it. Whoever may not write to the audit trail changes nothing; of a change
 * that fails a second entry says so. What is so already is no change.
 *
 * @throws DetectionError `invalid_input` for a text that is too long; `not_found`; `conflict` for one that was merged, with the id of the one to change; `unavailable` where
 *   others keep changing it
 */
export async function changeIncident(
  {
    incidents,
    audit,
    clock,
  }: {
    readonly incidents: Pick<IncidentStore, 'find' | 'write'>;
    readonly audit: Pick<AuditTrail, 'append'>;
    readonly clock: Pick<Clock, 'now'>;
  },
  id: string,
  change: IncidentChange,
  author: { readonly by?: string },
): Promise<Incident> {
  checkLength('comment', change.comment, INCIDENT_LIMITS.commentCharacters);
  checkLength('assignee', change.assignee, INCIDENT_LIMITS.assigneeCharacters);
  const cleaned = cleanedChange(change);
  let recorded: readonly AuditEntry[] = [];
  try {
    for (let tried = 0; tried < MOST_TRIES; tried++) {
      const found = await findIncident(incidents, id);
      const at = new Date(clock.now()).toISOString();
      const changed = changedIncident(found, cleaned, at, author);
      const isSo = changed === found;
      const entries = isSo ? [] : entriesOf(found.incident, changed.incident, cleaned, { at, ...author });
      if (!saysTheSame(recorded, entries)) {
        await takeBack(
          audit,
          recorded,
          'Somebody else changed the incident meanwhile, and this was not done',
        );
        recorded = [];
        if (!isSo) await audit.append(entries);
        recorded = entries;
      }
      if (isSo || (await incidents.write([changed]))) return changed.incident;
    }
    throw sentenceError('unavailable', 'incident_busy');
  } catch (error) {
    await takeBackFailed(audit, recorded, error);
    throw error;
  }
}

/** @throws DetectionError `not_found`; `conflict` for one that was merged */
async function findIncident(incidents: Pick<IncidentStore, 'find'>, id: string): Promise<StoredIncident> {
  const found = await incidents.find(id);
  if (found === undefined) {
    throw sentenceError('not_found', 'incident_missing', { id });
  }
  if (found.incident.state === 'merged') {
    throw new DetectionError(
      'conflict',
      `The incident "${id}" became a part of "${found.incident.merged_into}"; change that one.`,
      { details: { merged_into: found.incident.merged_into } },
    );
  }
  return found;
}

/** Compares entries but for their times. */
const saysTheSame = (one: readonly AuditEntry[], other: readonly AuditEntry[]): boolean =>
  one.length === other.length && one.every(({ reason }, place) => reason === other[place].reason);

function checkLength(name: string, text: string | null | undefined, most: number): void {
  if (text === undefined || text === null || text.length <= most) return;
  throw new DetectionError(
    'invalid_input',
    `The ${name} has ${text.length} characters; at most ${most} are allowed.`,
  );
}

/** Without what turns the text around it or is not seen, such as the name of its author; a comment keeps its lines. */
function cleanedChange({ assignee, comment, ...change }: IncidentChange): IncidentChange {
  return {
    ...change,
    ...(assignee !== undefined && {
      assignee: assignee && printable(assignee, INCIDENT_LIMITS.assigneeCharacters),
    }),
    ...(comment !== undefined && {
      comment: comment
        .split(/\r?\n/)
        .map((line) => printable(line, INCIDENT_LIMITS.commentCharacters))
        .join('\n'),
    }),
  };
}

const ACTIONS = { open: 'reopened', acknowledged: 'acknowledged', closed: 'closed' } as const;

function changedIncident(
  stored: StoredIncident,
  { state, assignee, comment }: IncidentChange,
  at: string,
  author: { readonly by?: string },
): StoredIncident {
  const { incident } = stored;
  const steps: IncidentStep[] = [];
  let next = incident;
  if (state !== undefined && state !== incident.state) {
    const { closed_at: _at, closed_because: _because, ...rest } = next;
    next = {
      ...rest,
      state,
      ...(state === 'closed' && { closed_at: at, closed_because: 'person' as const }),
    };
    steps.push({ at, ...author, action: ACTIONS[state], from: incident.state, to: state });
  }
  if (assignee !== undefined && assignee !== (incident.assignee ?? null)) {
    const { assignee: before, ...rest } = next;
    next = { ...rest, ...(assignee !== null && { assignee }) };
    steps.push({
      at,
      ...author,
      action: 'assigned',
      ...(before !== undefined && { from: before }),
      ...(assignee !== null && { to: assignee }),
    });
  }
  if (comment !== undefined) {
    const comments = [...incident.comments, { at, ...author, text: comment }];
    next = { ...next, comments: comments.slice(-INCIDENT_LIMITS.comments) };
    steps.push({ at, ...author, action: 'commented' });
  }
  if (steps.length === 0) return stored;
  const changed = withSteps({ ...stored, incident: { ...next, updated_at: at } }, ...steps);
  return incident.state === 'closed' && next.state !== 'closed' ? closingLater(changed) : changed;
}

const closingLater = (stored: StoredIncident): StoredIncident => ({
  ...stored,
  incident: {
    ...stored.incident,
    closes_at: new Date(closingTime(stored, Date.parse(stored.incident.closes_at))).toISOString(),
  },
});

function entriesOf(
  before: Incident,
  after: Incident,
  { comment }: IncidentChange,
  signature: Pick<AuditEntry, 'at' | 'by'>,
): AuditEntry[] {
  const said = [
    ...(before.state === after.state ? [] : [`${before.state} became ${after.state}`]),
    ...(before.assignee === after.assignee ? [] : [`assigned to ${after.assignee ?? 'nobody'}`]),
    ...(comment === undefined ? [] : [`comment: ${comment}`]),
  ];
  return before.detectors.slice(0, 1).map(({ id }) => ({
    detectorId: id,
    ...signature,
    action: 'incident_changed',
    ...(before.state !== after.state && { from: before.state, to: after.state }),
    reason: `Incident "${after.title}": ${said.join('; ')}`,
    details: { incident: after.id },
  }));
}
