import { SEVERITIES, type AnomalyResult, type Severity } from '../../../common/anomaly';
import { DetectionError } from '../../../common/detection_error';
import { durationToMilliseconds, MINUTE } from '../../../common/duration';
import {
  groupOf,
  INCIDENT_LIMITS,
  joinAll,
  linksOf,
  partReason,
  resultsOf,
  STEP_REASONS,
  type Group,
  type Incident,
  type IncidentScope,
  type IncidentStep,
} from '../../../common/incidents';
import type { IncidentFigures, IncidentStore, KeptIncident, StoredIncident } from '../ports/incidents';
import { assignGroups, type Assigned, type NewGroup } from './assign_groups';
import { describeIncident } from './describe_incident';
import { closingTime, reopeningsOf, withSteps } from './history';

/** An incident is over after so long without an anomaly, where its detector does not say otherwise. */
const DEFAULT_QUIET_TIME = 30 * MINUTE;
/** Tries while others write the same incidents. */
const MOST_TRIES = 6;
/** Reads with an ever wider range, until no incident of them reaches beyond it. */
const MOST_READS = 4;

/** @returns milliseconds after which an incident of a detector is over */
export const quietTimeOf = ({ quiet_time: quiet }: { readonly quiet_time?: string }): number =>
  quiet === undefined ? DEFAULT_QUIET_TIME : durationToMilliseconds(quiet);

export interface IncidentSettings {
  readonly incidents: IncidentStore;
  readonly detectorId: string;
  /** Milliseconds, see {@link quietTimeOf}. */
  readonly quiet: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Nobody is told of what it opens, until another recorder finds more of it. */
  readonly isUntold?: boolean;
  /** Remembers between runs when there is something to close; without it each run looks. */
  readonly watch?: IncidentWatch;
}

/** Looks for incidents that are over at least so often: others may have begun some of this detector, or opened them again. */
const LOOK_EVERY = 10 * MINUTE;

/** Knows when the next incident of a detector may be over, so that most runs need not ask. */
export class IncidentWatch {
  private lookAt = -Infinity;

  /** @param next when the next incident is over; undefined: none goes on */
  public note(now: number, next: number | undefined): void {
    this.lookAt = Math.min(next ?? Infinity, now + LOOK_EVERY);
  }

  public isDue(now: number): boolean {
    return now >= this.lookAt;
  }
}

/** Incidents of one run of a detector. */
export interface IncidentRecorder {
  /**
   * Puts stored results that count into incidents, and counts these anew. Doing it again with the same results changes nothing.
   *
   * @param reached epoch milliseconds up to which the run reads: what was over by then is closed
   * @param revised time of logs that were looked at again: incidents of the detector in it are counted anew
   */
  record(
    results: readonly AnomalyResult[],
    reached: number,
    revised?: { readonly from: number; readonly to: number },
  ): Promise<void>;
  /** False where it is known that {@link due} would find nothing. */
  mayBeDue(reached: number): boolean;
  /** Incidents that this run has written, as they are now. */
  changed(): readonly KeptIncident[];
  /** Incidents that are over by `reached` and still count as going on, counted anew and closed, but not written yet. */
  due(reached: number): Promise<StoredIncident[]>;
  /** Writes what {@link due} gave. */
  close(due: readonly StoredIncident[], reached: number): Promise<void>;
}

export function createIncidentRecorder(settings: IncidentSettings): IncidentRecorder {
  const { incidents, now } = settings;
  const written = new Map<string, KeptIncident>();
  const remember = (changes: readonly Change[]): void => {
    for (const { revision: _revision, ...kept } of changes) {
      if (kept.incident.state === 'merged') written.delete(kept.incident.id);
      else written.set(kept.incident.id, kept);
    }
  };
  return {
    async record(results, reached, revised) {
      if (results.length === 0 && revised === undefined) return;
      const added = newGroupsOf(results, settings.quiet);
      await untilWritten(async () => {
        const changes = await changesOf(settings, added, reached, revised);
        if (!(await incidents.write(changes.filter(({ isSame }) => !isSame)))) return false;
        remember(changes);
        return true;
      });
    },
    changed: () => [...written.values()],
    mayBeDue: (reached) => settings.watch === undefined || written.size > 0 || settings.watch.isDue(reached),
    async due(reached) {
      const goingOn = await incidents.goingOn(settings.detectorId, reached);
      const found = goingOn.filter(({ incident }) => Date.parse(incident.closes_at) <= reached);
      const [next] = goingOn.filter((each) => !found.includes(each));
      settings.watch?.note(reached, next && Date.parse(next.incident.closes_at));
      if (found.length === 0) return [];
      const figures = await incidents.figures(found.map(({ group }) => group));
      return found.flatMap((each, place) => {
        const next = recounted(each, figures[place], reached, now());
        return next.incident.state === 'closed' ? [{ ...next, revision: each.revision }] : [];
      });
    },
    async close(due, reached) {
      if (due.length === 0 || (await incidents.write(due))) return;
      // Somebody has changed one of them meanwhile: what is due by then is closed.
      await untilWritten(async () => incidents.write(await this.due(reached)));
    },
  };
}

/** Incidents that one change of results counts anew at most, the last to end first. */
const MOST_RECOUNTED = 2_000;

/**
 * Counts incidents anew whose results were hidden, shown or judged: one without any left is closed.
 *
 * @param range of the time of the results, epoch milliseconds; of whichever detector: one whose results were all hidden is not named
 */
export async function recountIncidents(
  { incidents, now }: Pick<IncidentSettings, 'incidents' | 'now'>,
  range: { readonly from: number; readonly to: number },
): Promise<void> {
  const seen: StoredIncident[] = [];
  for (let after: readonly StoredIncident[] = []; seen.length < MOST_RECOUNTED;) {
    let found: readonly StoredIncident[] = [];
    await untilWritten(async () => {
      found = await incidents.between(range, { after });
      const figures = await incidents.figures(found.map(({ group }) => group));
      const changes = found.map((each, place): Change => {
        const next = recounted(each, figures[place], -Infinity, now());
        return { ...next, revision: each.revision, isSame: isSame(each.incident, next.incident) };
      });
      return incidents.write(changes.filter((change) => !change.isSame));
    });
    if (found.length === 0) return;
    seen.push(...found);
    const last = found[found.length - 1].incident.end;
    after = seen.filter(({ incident }) => incident.end === last);
  }
}

interface Change extends KeptIncident {
  readonly revision?: StoredIncident['revision'];
  /** Nothing is to be written. */
  readonly isSame: boolean;
}

/** @throws DetectionError `unavailable` when others write the same again and again */
async function untilWritten(work: () => Promise<boolean>): Promise<void> {
  for (let tried = 0; tried < MOST_TRIES; tried++) if (await work()) return;
  throw new DetectionError('unavailable', 'Incidents are being changed by somebody else; try again.');
}

/** Groups of the results of one page, as few as possible. */
function newGroupsOf(results: readonly AnomalyResult[], quiet: number): NewGroup[] {
  const groups = results.map((result) => groupOf(linksOf(result), quiet));
  const isEarlier = (one: number, other: number): boolean =>
    groups[one].from < groups[other].from ||
    (groups[one].from === groups[other].from && results[one].source.id < results[other].source.id);
  return joinAll(groups).map(({ group, places }): NewGroup => {
    const first = places.reduce((best, place) => (isEarlier(place, best) ? place : best));
    const { index, id } = results[first].source;
    return {
      group,
      firstOf: { index, id },
      confidence: places.reduce((most, place) => Math.max(most, results[place].anomaly.confidence), 0),
    };
  });
}

async function changesOf(
  { incidents, detectorId, quiet, now, isUntold = false }: IncidentSettings,
  added: readonly NewGroup[],
  reached: number,
  revised: { readonly from: number; readonly to: number } | undefined,
): Promise<Change[]> {
  const { stored, assigned } = await assign(incidents, detectorId, quiet, added);
  const touched = new Set(assigned.flatMap((each) => each.stored.map(({ incident }) => incident.id)));
  const again =
    revised === undefined
      ? []
      : [
          ...(await incidents.between(revised, { detectorId })),
          ...stored.filter(
            ({ incident, group }) =>
              group.from <= revised.to &&
              group.to >= revised.from &&
              incident.detectors.some(({ id }) => id === detectorId),
          ),
        ].filter(({ incident }) => !touched.has(incident.id) && touched.add(incident.id));
  const all: Assigned[] = [
    ...assigned,
    ...again.map((each) => ({ group: each.group, stored: [each], added: [] })),
  ];
  if (all.length === 0) return [];
  const figures = await incidents.figures(all.map(({ group }) => group));
  return all.flatMap((each, place) => {
    const newId = (): string => {
      const first = each.added.reduce((best, other) => (isBefore(other, best) ? other : best));
      return incidents.newId(each.group.scope, detectorId, first.firstOf);
    };
    return outcomeOf(each, figures[place], { reached, now: now(), isUntold, newId });
  });
}

const isBefore = (one: NewGroup, other: NewGroup): boolean =>
  one.group.from < other.group.from ||
  (one.group.from === other.group.from && one.firstOf.id < other.firstOf.id);

/** Reads what is stored around the new groups, further on where an incident reaches beyond what was read. */
async function assign(
  incidents: IncidentStore,
  detectorId: string,
  quiet: number,
  added: readonly NewGroup[],
): Promise<{ stored: StoredIncident[]; assigned: Assigned[] }> {
  if (added.length === 0) return { stored: [], assigned: [] };
  const places: IncidentScope[] = [
    ...new Map(added.map(({ group: { scope } }) => [`${scope.kind}:${scope.value}`, scope])).values(),
    { kind: 'others', value: detectorId },
  ];
  const hullOf = (groups: readonly Group[]) => ({
    from: groups.reduce((least, group) => Math.min(least, group.from - group.quiet), Infinity),
    to: groups.reduce((most, group) => Math.max(most, group.to + group.quiet), -Infinity),
  });
  let range = hullOf(added.map(({ group }) => ({ ...group, quiet: Math.max(group.quiet, quiet) })));
  for (let reads = 1; ; reads++) {
    const stored = await incidents.near(places, range, detectorId);
    const assigned = assignGroups(stored, added, detectorId);
    const reach = hullOf(assigned.map(({ group }) => group));
    if (reads >= MOST_READS || (reach.from >= range.from && reach.to <= range.to))
      return { stored, assigned };
    range = { from: Math.min(range.from, reach.from), to: Math.max(range.to, reach.to) };
  }
}

interface Work {
  /** Epoch milliseconds. */
  readonly reached: number;
  readonly now: number;
  readonly isUntold: boolean;
  readonly newId: () => string;
}

/** Returns the changes of one incident, and of those that are a part of it from now on. */
function outcomeOf(
  { group, stored, added }: Assigned,
  figures: IncidentFigures | undefined,
  { reached, now, isUntold, newId }: Work,
): Change[] {
  const at = new Date(now).toISOString();
  const [oldest, ...absorbed] = stored;
  if (oldest === undefined) {
    // Its results were hidden or withdrawn meanwhile.
    if (figures === undefined) return [];
    const kept = opened(newId(), { group, figures }, { reached, at });
    return [{ ...kept, ...(isUntold && { isUntold: true as const }), isSame: false }];
  }
  const { isUntold: wasUntold, ...before } = oldest;
  const remains =
    wasUntold && (isUntold || added.length === 0) && absorbed.every((each) => each.isUntold === true);
  const joined = absorbed.reduce((into, each) => absorb(into, each, at), {
    ...before,
    ...(remains && { isUntold: true as const }),
    group,
  });
  const next = recounted(joined, figures, reached, now);
  return [
    {
      ...next,
      revision: oldest.revision,
      isSame:
        isSame(oldest.incident, next.incident) &&
        isSameGroup(oldest.group, group) &&
        oldest.isUntold === next.isUntold,
    },
    ...absorbed.map((each): Change => ({ ...mergedInto(each, oldest.incident.id, at), isSame: false })),
  ];
}

function opened(
  id: string,
  { group, figures }: { readonly group: Group; readonly figures: IncidentFigures },
  { reached, at }: { readonly reached: number; readonly at: string },
): KeptIncident {
  const described = describeIncident(group, figures);
  const isOver = Date.parse(described.closes_at) <= reached;
  const steps: IncidentStep[] = [
    { at, action: 'opened' },
    ...(isOver ? [{ at, action: 'closed' as const, because: STEP_REASONS.quiet }] : []),
  ];
  return {
    incident: {
      id,
      ...described,
      state: isOver ? 'closed' : 'open',
      ...(isOver && { closed_at: described.closes_at, closed_because: 'quiet' as const }),
      opened_at: at,
      updated_at: at,
      comments: [],
      history: steps,
    },
    group,
    opened: { results: resultsOf(described), severity: described.severity },
  };
}

const isActive = ({ state }: Incident): boolean => state === 'open' || state === 'acknowledged';

/** The older one with what people have said and done about the other. */
function absorb(into: StoredIncident, part: StoredIncident, at: string): StoredIncident {
  const { incident } = into;
  const known = new Set(incident.comments.map((comment) => JSON.stringify(comment)));
  const comments = [
    ...incident.comments,
    ...part.incident.comments.filter((comment) => !known.has(JSON.stringify(comment))),
  ].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const { closed_at: _at, closed_because: _because, ...rest } = incident;
  const goesOn = !isActive(incident) && isActive(part.incident);
  const assignee = incident.assignee ?? part.incident.assignee;
  const joined = {
    ...into,
    incident: {
      ...(goesOn ? { ...rest, state: part.incident.state } : incident),
      comments: comments.slice(-INCIDENT_LIMITS.comments),
      ...(assignee !== undefined && { assignee }),
    },
  };
  const { title } = part.incident;
  return askedAsWell(
    withSteps(
      joined,
      { at, action: 'merged', from: part.incident.id, because: partReason(title, false) },
      // Whoever was told that the older one is over hears that it goes on, and of its next end.
      ...(goesOn ? [{ at, action: 'reopened' as const, because: partReason(title, true) }] : []),
    ),
    part,
  );
}

/** Keeps open what a person opened again, also as a part of another. */
function askedAsWell(into: StoredIncident, part: StoredIncident): StoredIncident {
  const { askedAt } = reopeningsOf(part);
  const own = reopeningsOf(into);
  if (askedAt === undefined || (own.askedAt ?? '') >= askedAt) return into;
  return { ...into, reopenings: { ...own, askedAt } };
}

const mergedInto = ({ incident, ...kept }: StoredIncident, id: string, at: string) => {
  const merged: Incident = {
    ...incident,
    state: 'merged',
    merged_into: id,
    closed_at: incident.closed_at ?? at,
    updated_at: at,
  };
  return withSteps({ ...kept, incident: merged }, { at, action: 'merged', to: id });
};

const rankOf = (severity: Severity): number => SEVERITIES.findIndex(({ name }) => name === severity);

/** @returns by how many orders of magnitude an incident has grown since it opened */
export const ordersGrown = ({ incident, opened: before }: KeptIncident): number =>
  Math.max(0, Math.floor(Math.log10(resultsOf(incident) / Math.max(1, before.results))));

/** An incident with new figures, and with the steps that these are. */
function recounted<Kept extends KeptIncident>(
  kept: Kept,
  figures: IncidentFigures | undefined,
  reached: number,
  now: number,
): Kept {
  const { incident, group, opened: before } = kept;
  const at = new Date(now).toISOString();
  if (figures === undefined) {
    if (!isActive(incident)) return { ...kept, incident: emptied(incident) };
    const closed: Incident = {
      ...emptied(incident),
      state: 'closed',
      closed_because: 'no_results',
      closed_at: at,
      updated_at: at,
    };
    return withSteps(
      { ...kept, incident: closed },
      { at, action: 'closed', because: STEP_REASONS.no_results },
    );
  }
  const { entity: _entity, began_by: _by, first_line: _first, last_line: _last, ...said } = incident;
  const described = describeIncident(group, figures);
  const ofResults = Date.parse(described.closes_at);
  const closesAt = isActive(incident) ? closingTime(kept, ofResults) : ofResults;
  let next: Incident = { ...said, ...described, closes_at: new Date(closesAt).toISOString() };
  const steps: IncidentStep[] = [];
  if (isActive(incident) && closesAt <= reached) {
    next = { ...next, state: 'closed', closed_because: 'quiet', closed_at: next.closes_at };
    steps.push({ at, action: 'closed', because: STEP_REASONS.quiet });
  } else if (incident.state === 'closed') {
    const isBack = incident.closed_because === 'no_results';
    const goesOn = closesAt > (reached === -Infinity ? now : reached);
    if (goesOn && (isBack || described.end > incident.end)) {
      const { closed_at: _at, closed_because: _because, ...rest } = next;
      next = { ...rest, state: 'open' };
      const because = isBack ? STEP_REASONS.back : STEP_REASONS.went_on;
      steps.push({ at, action: 'reopened', because });
    } else if (isBack) {
      next = { ...next, closed_because: 'quiet', closed_at: next.closes_at };
      steps.push({ at, action: 'closed', because: STEP_REASONS.back_and_quiet });
    }
  }
  if (rankOf(next.severity) < rankOf(incident.severity)) {
    steps.push({ at, action: 'severity_changed', from: incident.severity, to: next.severity });
  }
  if (ordersGrown({ incident: next, group, opened: before }) > ordersGrown(kept)) {
    steps.push({ at, action: 'grew', from: String(resultsOf(incident)), to: String(resultsOf(next)) });
  }
  const isUnchanged = steps.length === 0 && isSame(incident, next);
  return isUnchanged
    ? { ...kept, incident: next }
    : withSteps({ ...kept, incident: { ...next, updated_at: at } }, ...steps);
}

const emptied = (incident: Incident): Incident => ({ ...incident, counts: { logs: 0, buckets: 0 } });

/** Compares by content: what was stored has its parts in another order. */
const isSame = (one: Incident, other: Incident): boolean => contentOf(one) === contentOf(other);
const isSameGroup = (one: Group, other: Group): boolean => contentOf(one) === contentOf(other);

const contentOf = (value: object): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
