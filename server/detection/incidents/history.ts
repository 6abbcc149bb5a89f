import { INCIDENT_LIMITS, type IncidentStep } from '../../../common/incidents';
import type { KeptIncident, Reopenings } from '../ports/incidents';

/** A step that a person asked for says from which state, also where nobody has a name. */
const isAsked = ({ by, from }: IncidentStep): boolean => by !== undefined || from !== undefined;

const NONE: Reopenings = { all: 0, unasked: 0 };

function countStep(before: Reopenings, step: IncidentStep): Reopenings {
  const { askedAt: _over, ...counted } = before;
  switch (step.action) {
    case 'closed':
      return counted;
    case 'reopened':
      return isAsked(step)
        ? { ...counted, all: before.all + 1, askedAt: step.at }
        : { ...before, all: before.all + 1, unasked: before.unasked + 1 };
    case 'acknowledged':
      return step.from === 'closed' ? { ...counted, askedAt: step.at } : before;
    default:
      return before;
  }
}

/** Returns how often an incident was opened again. One that was stored without these counts has them in its history. */
export const reopeningsOf = ({
  incident,
  reopenings,
}: Pick<KeptIncident, 'incident' | 'reopenings'>): Reopenings =>
  reopenings ?? incident.history.reduce(countStep, NONE);

/** Adds steps to an incident: its history keeps the newest, its counts all. */
export const withSteps = <Kept extends KeptIncident>(kept: Kept, ...steps: readonly IncidentStep[]): Kept => {
  if (steps.length === 0) return kept;
  const { incident } = kept;
  return {
    ...kept,
    incident: { ...incident, history: [...incident.history, ...steps].slice(-INCIDENT_LIMITS.history) },
    reopenings: steps.reduce(countStep, reopeningsOf(kept)),
  };
};

/**
 * Returns when an incident that goes on closes by itself: what a person opened again stays open for the quiet time at least.
 *
 * @param closesAt epoch milliseconds, as its results say
 */
export function closingTime(kept: KeptIncident, closesAt: number): number {
  const { askedAt } = reopeningsOf(kept);
  return askedAt === undefined ? closesAt : Math.max(closesAt, Date.parse(askedAt) + kept.group.quiet);
}
