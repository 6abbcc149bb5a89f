import { durationToMilliseconds, HOUR, MINUTE } from '../../../common/duration';
import { scopeKey, type Incident } from '../../../common/incidents';
import type { IncidentParams } from '../../../common/rules';

/** Incidents that the alerts of a rule were about, between its checks. Ids with the time of the last check that saw them go on. */
export interface IncidentMemory {
  /** Epoch milliseconds of the last check; undefined at the first. */
  readonly seenTo?: number;
  /** Alerts that go on. */
  readonly active: ReadonlyMap<string, number>;
  /** Alerts that were over lately: what closed them is no news. */
  readonly over: ReadonlyMap<string, number>;
}

const FORGOTTEN_AFTER = HOUR;
/**
 * An incident is dated when its job closes it and seen once that is written: so long before the last check such ones are looked
 * for again.
 */
const SETTLING = MINUTE;

export const goesOn = ({ state }: Incident): boolean => state === 'open' || state === 'acknowledged';

const isTime = ([id, at]: [string, unknown]): boolean => id !== '' && typeof at === 'number';
const mapOf = (stored: unknown): Map<string, number> =>
  new Map(Object.entries((stored ?? {}) as Record<string, number>).filter((entry) => isTime(entry)));

/** Reads the state of a rule. @param conditions digest of the parameters: other conditions begin anew */
export function memoryOf(state: Record<string, unknown>, conditions: string, now: number): IncidentMemory {
  const seenTo = typeof state.seen_to === 'number' && state.seen_to <= now ? state.seen_to : undefined;
  const isSame = state.conditions === conditions;
  return {
    ...(seenTo !== undefined && { seenTo }),
    active: isSame ? mapOf(state.active) : new Map(),
    over: mapOf(state.over),
  };
}

/**
 * @param active ids of the incidents that a check at `now` raised alerts on
 * @param ended those whose alerts are over with it, as they were read
 * @returns the state of a rule after the check
 */
export function stateAfter(
  { active: before, over }: IncidentMemory,
  conditions: string,
  { active, ended }: { readonly active: readonly string[]; readonly ended: readonly Incident[] },
  now: number,
): Record<string, unknown> {
  const goingOn = new Set(active);
  const closed = new Map(ended.map((incident) => [incident.id, closedByItselfAt(incident) ?? now]));
  return {
    seen_to: now,
    conditions,
    active: Object.fromEntries(active.map((id) => [id, now])),
    over: Object.fromEntries([
      ...[...over].filter(([id, at]) => at > now - FORGOTTEN_AFTER && !goingOn.has(id)),
      ...[...before.keys()]
        .filter((id) => !goingOn.has(id))
        .map((id) => [id, Math.max(now, closed.get(id) ?? now)] as const),
    ]),
  };
}

/** Time at which the job closed an incident by itself, epoch milliseconds; undefined where it did not, or somebody did. */
function closedByItselfAt({ history }: Incident): number | undefined {
  const step = history.filter(({ action }) => action === 'closed' || action === 'reopened').at(-1);
  return step === undefined || step.action !== 'closed' || step.by !== undefined
    ? undefined
    : Date.parse(step.at);
}

/**
 * Decides which incidents may begin to alert, by what is stored of them.
 *
 * @returns those that go on and those that were over before a check could see them, without those that have alerts already
 */
export function newlyDue(
  found: readonly Incident[],
  { min_duration: duration }: Pick<IncidentParams, 'min_duration'>,
  { seenTo, active, over }: IncidentMemory,
): Incident[] {
  const least = duration === null ? 0 : durationToMilliseconds(duration);
  return found.filter((incident) => {
    if (active.has(incident.id)) return false;
    if (Date.parse(incident.end) - Date.parse(incident.start) < least) return false;
    if (goesOn(incident)) return true;
    const closed = closedByItselfAt(incident);
    if (seenTo === undefined || closed === undefined) return false;
    return closed >= seenTo - SETTLING && closed > (over.get(incident.id) ?? -Infinity);
  });
}

/** @returns epoch milliseconds from which on changes of incidents may be news */
export const newsFrom = ({ seenTo }: IncidentMemory, now: number): number => (seenTo ?? now) - SETTLING;

/** @returns the number of places that incidents are in: entities, hosts, and detectors for what has neither */
export const placesOf = (incidents: readonly Incident[]): number =>
  new Set(incidents.map(({ scope }) => scopeKey(scope))).size;
