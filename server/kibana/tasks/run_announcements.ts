import { DAY } from '../../../common/duration';
import type { IncidentAnnouncer } from '../../detection/incidents/run_incidents';
import type { ResultStore } from '../../detection/ports';
import type { IncidentStore, KeptIncident } from '../../detection/ports/incidents';
import { readResultsToAlert, resultId } from '../../elasticsearch';
import { withKeptPreceding } from '../../elasticsearch/annotations';
import { createElasticsearchJournal } from '../../elasticsearch/stores/announcement_journal';
import { createNotifier, type Notifier } from '../../notifications';
import { detectorLink, feedbackLink, incidentLink } from '../contracts/links';
import type { Services } from '../contracts/services';
import type { DetectorJob } from '../records/detector_job';
import { channelsOf, knownSince, meetKibanas } from '../records/known_kibanas';
import type { KnownKibana, Withheld } from '../records/status_store';

/** Announcements that waited longer for a Kibana that can send them are not sent any more. */
const LONGEST_WAIT_MILLISECONDS = DAY;
/** The incidents of results that were stored since a time may have begun so long before it. */
const INCIDENT_LOOKS_BACK_MILLISECONDS = DAY;
/** Results of one message; more are left out of it, the least confident first. */
const MOST_RESULTS = 10_000;
/** Stands for the channels of Kibanas that have not carried out a run in the space yet. */
const UNKNOWN = '*';

/** Announcements of one run: those that this Kibana can send, and those that it leaves to others. */
export interface RunAnnouncements {
  /** Present where this Kibana tells of each anomaly. */
  readonly notifier: Notifier | undefined;
  /** Present where this Kibana tells of incidents. */
  readonly incidents: IncidentAnnouncer | undefined;
  /** Stores that note, before anything is written, that another Kibana is to tell of it. */
  readonly stores: { readonly results: ResultStore; readonly incidents: IncidentStore };
  /** Sends what waits, and tells what other Kibanas have found and could not tell. */
  finish(options: { readonly flush: boolean }): Promise<void>;
}

/**
 * Kibanas of one cluster may be set up differently. One that cannot send by a channel which another one has notes, before it
 * stores results, since when there is something to tell; the next run on a Kibana that can send tells what was stored
 * since then. The journal of announcements drops what was told.
 *
 * @param withheld as it was stored when the run began
 * @param startedAt epoch milliseconds: no result of this run is older
 */
export async function openAnnouncements(
  services: Services,
  job: DetectorJob,
  { withheld, startedAt }: { readonly withheld: Withheld | undefined; readonly startedAt: number },
  signal: AbortSignal,
): Promise<RunAnnouncements> {
  const { alerts, clock } = services;
  const { target, status } = job;
  const notifier = notifierOf(services, job, signal);
  const known = await meetKibanas(services, status, target.space);
  const own: readonly string[] = channelsOf(alerts);
  const others = [...new Set(known.flatMap(({ channels }) => channels))].filter(
    (each) => !own.includes(each),
  );
  const toLeave = own.length === 0 && others.length === 0 ? [UNKNOWN] : others;
  const missing = toLeave.filter((channel) => withheld?.[channel] === undefined);
  const added = Object.fromEntries(missing.map((channel) => [channel, new Date(startedAt).toISOString()]));
  let noted: Promise<void> | undefined;
  const note = (): Promise<void> =>
    (noted ??= status.writePart(target.detectorId, 'withheld', { ...withheld, ...added }));
  const first = async (isDue: boolean): Promise<void> => {
    if (isDue && missing.length > 0) await note();
  };
  return {
    notifier: alerts?.notify === 'anomalies' ? notifier : undefined,
    incidents:
      notifier === undefined || alerts?.notify !== 'incidents'
        ? undefined
        : async (changed, over) => {
            await notifier.notifyIncidents(await withChanges(services, job, [...changed, ...over], signal));
          },
    stores: {
      results: {
        ...job.results,
        write: async (results, summaries) => {
          await first(results.length > 0);
          return job.results.write(results, summaries);
        },
        ...(job.results.revise && {
          revise: async (revision) => {
            await first(revision.results.length > 0);
            return job.results.revise!(revision);
          },
        }),
      },
      incidents: {
        ...job.incidents,
        write: async (incidents) => {
          await first(incidents.length > 0);
          return job.incidents.write(incidents);
        },
      },
    },
    finish: async ({ flush }) => {
      if (notifier === undefined) return;
      const left = leftFor(own, withheld);
      if (left.length > 0) {
        const since = sinceOf(left, withheld as Withheld, known, services);
        if (since < clock.now()) await tellSince(services, job, { notifier, since, signal });
        // A channel that something has waited for since an earlier run keeps that time.
        const all = { ...(noted && added), ...remaining(withheld as Withheld, own, known) };
        const isNone = Object.keys(all).length === 0;
        await status.writePart(target.detectorId, 'withheld', isNone ? undefined : all);
      } else if (flush) await notifier.flush();
    },
  };
}

/** Channels of this Kibana that something waits for. */
const leftFor = (own: readonly string[], withheld: Withheld | undefined): string[] =>
  Object.keys(withheld ?? {}).filter((channel) => channel === UNKNOWN || own.includes(channel));

/** Told is what was stored since a channel could be sent by: whoever sets one up is not told of what was before. */
function sinceOf(
  left: readonly string[],
  withheld: Withheld,
  known: readonly KnownKibana[],
  { clock, self, alerts }: Services,
): number {
  const own: readonly string[] = channelsOf(alerts);
  const times = left.map((channel) => {
    const channels = channel === UNKNOWN ? own : [channel];
    const since = Math.min(...channels.map((each) => knownSince(known, each) ?? self.startedAt));
    return Math.max(Date.parse(withheld[channel]), since);
  });
  return Math.max(Math.min(...times), clock.now() - LONGEST_WAIT_MILLISECONDS);
}

/** @returns what still waits for others */
function remaining(withheld: Withheld, own: readonly string[], known: readonly KnownKibana[]): Withheld {
  const others = [...new Set(known.flatMap(({ channels }) => channels))].filter(
    (each) => !own.includes(each),
  );
  const left = Object.entries(withheld).filter(([channel]) => channel !== UNKNOWN && !own.includes(channel));
  const named = withheld[UNKNOWN] === undefined ? [] : others.map((each) => [each, withheld[UNKNOWN]]);
  return Object.fromEntries([...named, ...left]) as Withheld;
}

const withChanges = (
  { log }: Services,
  { client, target }: DetectorJob,
  kept: readonly KeptIncident[],
  signal: AbortSignal,
): Promise<KeptIncident[]> =>
  withKeptPreceding(client, target.space, kept, {
    signal,
    warn: (text) => log.warn(`Detector ${target.detectorId}: ${text}`),
  });

async function tellSince(
  services: Services,
  job: DetectorJob,
  {
    notifier,
    since,
    signal,
  }: { readonly notifier: Notifier; readonly since: number; readonly signal: AbortSignal },
): Promise<void> {
  const { detectorId, space } = job.target;
  if (services.alerts?.notify === 'incidents') {
    const range = { from: since - INCIDENT_LOOKS_BACK_MILLISECONDS, to: services.clock.now() };
    const found = await job.incidents.between(range, { detectorId });
    const changed = found.filter(
      ({ incident, isUntold }) => isUntold !== true && Date.parse(incident.updated_at) >= since,
    );
    await notifier.notifyIncidents(await withChanges(services, job, changed, signal));
    return;
  }
  const results = [];
  const filter = { detectorIds: [detectorId], writtenFrom: since };
  for await (const page of readResultsToAlert(job.client, space, filter)) {
    results.push(...page.results.map(({ result }) => result));
    if (results.length >= MOST_RESULTS) break;
  }
  const run = results[0]?.run ?? { id: '' };
  await notifier.notify({ id: detectorId, name: job.stored.detector.name }, run, results);
}

function notifierOf(services: Services, job: DetectorJob, signal: AbortSignal): Notifier | undefined {
  const { alerts, clock, links, log } = services;
  if (alerts === undefined || channelsOf(alerts).length === 0) return undefined;
  const journal = createElasticsearchJournal(job.client, job.target, () => clock.now());
  const base = { ...links, space: job.target.space };
  const page = links.publicBaseUrl && detectorLink(base, job.target.detectorId);
  return createNotifier(
    { ...alerts, link_base: alerts.link_base ?? page },
    {
      clock,
      journal,
      log,
      signal,
      findIncident: (id) => job.incidents.find(id),
      incidentLink: (id) => (links.publicBaseUrl === undefined ? undefined : incidentLink(base, id)),
      feedbackLink: ({ detector, source }) =>
        links.publicBaseUrl && feedbackLink(base, detector.id, resultId(detector.id, source)),
    },
  );
}
