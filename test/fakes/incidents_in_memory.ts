import type { AnomalyResult } from '../../common/anomaly';
import { scopeKey, type Group } from '../../common/incidents';
import type { IncidentFigures, IncidentStore, StoredIncident } from '../../server/detection/ports/incidents';

const timeOf = (result: AnomalyResult): number => Date.parse(result['@timestamp']);
const isActive = ({ incident: { state } }: StoredIncident): boolean =>
  state === 'open' || state === 'acknowledged';
const touches = ({ group }: StoredIncident, { from, to }: { from: number; to: number }): boolean =>
  group.from - group.quiet <= to && group.to + group.quiet >= from;
const isOf = ({ incident }: StoredIncident, detectorId: string): boolean =>
  incident.detectors.some(({ id }) => id === detectorId);

/** Incidents in memory, counted over the results that are given, of logs with an entity alone. */
export interface IncidentsInMemory extends IncidentStore {
  /** Results that count; the test adds and takes away. */
  readonly results: AnomalyResult[];
  /** @throws where there is none */
  get(id: string): StoredIncident;
}

/** @param pageSize incidents that `between` gives at once */
export function incidentsInMemory(pageSize = 200): IncidentsInMemory {
  const held = new Map<string, StoredIncident>();
  const results: AnomalyResult[] = [];
  const all = (): StoredIncident[] =>
    [...held.values()].filter(({ incident }) => incident.state !== 'merged');
  return {
    results,
    get: (id) => {
      const found = held.get(id);
      if (found === undefined) throw new Error(`No incident ${id}, but ${[...held.keys()].join()}`);
      return found;
    },
    newId: (_scope, _detector, { id }) => id,
    near: async (places, range, detectorId) =>
      all().filter(
        (each) =>
          (places.some((place) => scopeKey(place) === scopeKey(each.group.scope)) && touches(each, range)) ||
          (isActive(each) && isOf(each, detectorId)),
      ),
    between: async (range, { detectorId, after = [] } = {}) => {
      const found = all()
        .filter((each) => touches(each, range) && (detectorId === undefined || isOf(each, detectorId)))
        .sort((one, other) => (one.incident.end < other.incident.end ? 1 : -1));
      const last = after.at(-1)?.incident.end ?? '~';
      const isAfter = ({ incident }: StoredIncident): boolean =>
        incident.end <= last && after.every((each) => each.incident.id !== incident.id);
      return found.filter(isAfter).slice(0, pageSize);
    },
    find: async (id) => held.get(id),
    goingOn: async (detectorId) => all().filter((each) => isActive(each) && isOf(each, detectorId)),
    figures: async (groups) => groups.map((group) => figuresOf(group, results)),
    write: async (incidents) => {
      const isStale = incidents.some(
        ({ incident, revision }) =>
          held.get(incident.id)?.revision.sequenceNumber !== revision?.sequenceNumber,
      );
      if (isStale) return false;
      for (const { incident, group, opened, reopenings, isUntold, revision } of incidents) {
        const sequenceNumber = (revision?.sequenceNumber ?? 0) + 1;
        const kept = {
          incident,
          group,
          opened,
          ...(reopenings && { reopenings }),
          ...(isUntold && { isUntold }),
        };
        held.set(incident.id, { ...kept, revision: { sequenceNumber, primaryTerm: 1 } });
      }
      return true;
    },
  };
}

function figuresOf(group: Group, results: readonly AnomalyResult[]): IncidentFigures | undefined {
  const own = results
    .filter(
      ({ anomaly }) => anomaly.entity === group.scope.value && group.patterns.includes(`${anomaly.pattern}`),
    )
    .filter((result) => timeOf(result) >= group.from && timeOf(result) <= group.to)
    .sort((one, other) => timeOf(one) - timeOf(other));
  if (own.length === 0) return undefined;
  const found = own.map((result) => ({ id: result.source.id, result }));
  const ids = [...new Set(own.map(({ detector }) => detector.id))];
  return {
    counts: { logs: new Set(own.map(({ source }) => `${source.index} ${source.id}`)).size, buckets: 0 },
    detectors: ids.map((id) => ({ id, name: id, results: 1 })),
    score: Math.max(...own.map(({ anomaly }) => anomaly.score)),
    confidence: Math.max(...own.map(({ anomaly }) => anomaly.confidence)),
    first: found[0],
    last: found[found.length - 1],
    leading: [found[0]],
  };
}
