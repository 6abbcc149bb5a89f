import type { ReadinessFinding } from '../../../common/api';
import { DAY, HOUR, MINUTE } from '../../../common/duration';
import { channelsOf as channelsIn } from '../../notifications';
import type { Services } from '../contracts/services';
import type { KnownKibana, StatusStore, Withheld } from './status_store';

/** Kept for the whole space, under this name in the place of a detector. */
export const KIBANAS_OF_SPACE = 'kibanas';

/** A Kibana that was not seen for so long is gone. */
const GONE_MILLISECONDS = DAY;
/** Settings are compared among those that were seen within this. */
const COMPARED_MILLISECONDS = HOUR;
/** A Kibana at work says so this often. */
const SAID_EVERY_MILLISECONDS = 5 * MINUTE;
/** Between two looks of one Kibana at the others. */
const LOOK_EVERY_MILLISECONDS = MINUTE;
const MOST_KIBANAS = 50;

/** By space: the others as they were last looked at, and when. */
const looks = new WeakMap<Services, Map<string, { readonly at: number; readonly known: KnownKibana[] }>>();

/** Returns the names of the channels that a Kibana with these settings can send by. */
export const channelsOf = (alerts: Services['alerts']): string[] =>
  alerts === undefined ? [] : channelsIn(alerts).map(({ name }) => name);

/** Puts this Kibana on record, now and then, and returns all that are known in the space, itself among them. */
export async function meetKibanas(
  services: Services,
  status: Pick<StatusStore, 'readPart' | 'writePart'>,
  space: string,
): Promise<readonly KnownKibana[]> {
  const { clock, self, alerts } = services;
  const now = clock.now();
  const seen = looks.get(services) ?? new Map<string, { at: number; known: KnownKibana[] }>();
  looks.set(services, seen);
  const last = seen.get(space);
  if (last !== undefined && now - last.at < LOOK_EVERY_MILLISECONDS) return last.known;
  const stored = await status.readPart(KIBANAS_OF_SPACE, 'kibanas');
  const others = (stored?.known ?? []).filter(
    ({ id, at }) => id !== self.id && now - Date.parse(at) < GONE_MILLISECONDS,
  );
  const before = stored?.known.find(({ id }) => id === self.id);
  const settings = { channels: channelsOf(alerts), ...(alerts && { notify: alerts.notify }) };
  const isSame =
    before !== undefined &&
    before.name === self.name &&
    before.notify === settings.notify &&
    before.channels.join() === settings.channels.join();
  const isFresh = isSame && now - Date.parse(before.at) < SAID_EVERY_MILLISECONDS;
  const since = isSame ? before.since : new Date(self.startedAt).toISOString();
  const own = { id: self.id, name: self.name, ...settings, since, at: new Date(now).toISOString() };
  const known = [isFresh ? before : own, ...others].slice(0, MOST_KIBANAS);
  // Written without a lock: whoever is written over finds itself missing at its next look.
  if (!isFresh) await status.writePart(KIBANAS_OF_SPACE, 'kibanas', { known });
  seen.set(space, { at: now, known });
  return known;
}

/** Returns when a channel was first to be sent by, epoch milliseconds; undefined where no Kibana has it. */
export function knownSince(known: readonly KnownKibana[], channel: string): number | undefined {
  const times = known.flatMap(({ channels, since }) =>
    channels.includes(channel) ? [Date.parse(since)] : [],
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/** @example 'slack, email (incidents)' */
const settingsOf = ({ channels, notify }: KnownKibana): string =>
  channels.length === 0 ? '–' : `${channels.join(', ')} (${notify})`;

/** Says that Kibanas of the cluster announce by different channels, and what waits for one that can. */
export function kibanaFindings(
  known: readonly KnownKibana[],
  withheld: Withheld | undefined,
  now: number,
): ReadinessFinding[] {
  const compared = known.filter(({ at }) => now - Date.parse(at) < COMPARED_MILLISECONDS);
  if (new Set(compared.map(settingsOf)).size < 2) return [];
  const kibanas = compared.map((kibana) => `${kibana.name}: ${settingsOf(kibana)}`).join('; ');
  const since = Object.entries(withheld ?? {})
    .flatMap(([channel, at]) => (knownSince(known, channel) === undefined ? [] : [at]))
    .sort()[0];
  const waiting =
    since === undefined ? 'Nothing waits to be announced.' : `Announcements wait since ${since}.`;
  return [
    {
      kind: 'kibanas_differ',
      level: 'warning',
      message: `Kibanas of this cluster announce by different channels (${kibanas}). What one of them finds and cannot announce waits for one that can. ${waiting}`,
      next_step: 'Give logAnomalies.alerts the same value in the kibana.yml of all of them.',
      said: {
        code: since === undefined ? 'kibanas_differ' : 'kibanas_differ_waiting',
        values: { kibanas, ...(since !== undefined && { since }) },
      },
    },
  ];
}
