import { userInfo } from 'node:os';
import { InvalidArgumentError } from 'commander';
import type { ReplayBody, SuppressionBody } from '../../common/api';
import { durationSchema, durationToMilliseconds } from '../../common/detector';
import { parseInstant } from '../../common/parameters';
import { parseWith } from '../../common/validation';
import { DetectionError } from '../../common/detection_error';
import {
  CONSEQUENCES,
  suppressionDraftSchema,
  type Consequence,
  type SuppressionDraft,
} from '../../common/suppressions';
import {
  addSuppression,
  previewSuppression,
  suppressionOf,
  type Author,
  type HidingStores,
} from '../../server/detection/feedback/suppress_stored_results';
import { withRecounting } from '../../server/detection/incidents/recount_marked';
import { createIncidentStore } from '../../server/elasticsearch/incidents';
import { createSuppressor } from '../../server/detection/feedback/suppress_new_results';
import { replayBodyOf } from '../../server/detection/feedback/replay_body';
import {
  createAuditTrail,
  createFeedbackStore,
  createResultMarks,
  signedInUser,
  createSuppressionStore,
  type ElasticsearchClient,
} from '../../server/elasticsearch';
import { printable, type Session } from './session';
import { withStoredData } from './stored_data';

const WIDTH_OF_BARS = 40;

export function hidingStores({ config, clock }: Session, client: ElasticsearchClient): HidingStores {
  const { space } = config;
  return {
    suppressions: createSuppressionStore(client, { space, now: () => clock.now() }),
    feedback: createFeedbackStore(client, { space }),
    results: withRecounting(
      createResultMarks(client, { space }),
      createIncidentStore(client, { space }),
      clock,
    ),
    audit: createAuditTrail(client, { space }),
    clock,
  };
}

/** Marks results that somebody wants hidden, as Kibana's job does. */
export const suppressor = (session: Session, client: ElasticsearchClient, detectorId: string) =>
  createSuppressor({ ...hidingStores(session, client), detectorId });

/** Whoever is signed in; where security is off, the user of this machine. */
export async function authorOf(client: ElasticsearchClient): Promise<Author> {
  return { by: (await signedInUser(client)) ?? userInfo().username };
}

/** Runs with a connection that is closed afterwards. */
export async function connected<Result>(
  session: Session,
  work: (stores: HidingStores, author: () => Promise<Author>) => Promise<Result>,
): Promise<Result> {
  return withStoredData(session, async (client) => {
    return await work(hidingStores(session, client), () => authorOf(client));
  });
}

/** A time, or so long from now. @example expiryOf('30d', now) */
export function expiryOf(text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined;
  const duration = durationSchema.safeParse(text);
  const time = duration.success ? now + durationToMilliseconds(duration.data) : parseInstant(text);
  if (Number.isNaN(time)) {
    throw new DetectionError(
      'invalid_input',
      `--expires is "${text}"; it must be a time such as 2026-12-31T00:00:00Z, or a duration from now such as 12h or 30d.`,
    );
  }
  return new Date(time).toISOString();
}

export const parseConsequence = (text: string, before: Consequence[] = []): Consequence[] => {
  const known = CONSEQUENCES.find((name) => name === text);
  if (known === undefined) throw new InvalidArgumentError(`must be one of ${CONSEQUENCES.join(', ')}.`);
  return [...before, known];
};

/** @throws DetectionError `invalid_input` naming what is wrong */
export const draftOf = (given: unknown): SuppressionDraft =>
  parseWith(suppressionDraftSchema, given, 'The suppression');

/** Adds it, or with `preview` only says what it would change. */
export async function addOrPreview(
  session: Session,
  draft: SuppressionDraft,
  { preview, accept = [] }: { preview: boolean; accept?: readonly Consequence[] },
): Promise<void> {
  await connected(session, async (stores, author) => {
    if (preview) {
      const suppression = suppressionOf(draft, await author(), session.clock.now());
      const replay = replayBodyOf(await previewSuppression(stores, suppression));
      session.result(replay, () => replayText(replay));
      return;
    }
    const { suppression, hidden } = await addSuppression(stores, draft, await author(), accept);
    session.result(
      { suppression, hidden },
      () => `${suppression.id} hides ${hidden} stored results, and all that match from now on.`,
    );
  });
}

/** Returns the replay of a suppression as text: its effect on results and alerts of the last days. */
export function replayText(replay: ReplayBody): string {
  const { results, alerts, days, confirmed_hidden: confirmed, contradictions } = replay;
  return [
    `In the 30 days up to ${replay.to}:`,
    `  alerts   ${alerts.before} -> ${alerts.after}${replay.complete ? '' : ' (of the largest groups)'}`,
    `  results  ${results.before} -> ${results.after} (${results.hidden} hidden)`,
    '',
    'Alerts a day, before and after:',
    ...barsOf(days.map((day) => ({ time: day.time, before: day.alerts_before, after: day.alerts_after }))),
    ...(confirmed.total === 0
      ? []
      : [
          '',
          `It would hide ${confirmed.total} results that somebody called real:`,
          ...confirmed.results.map(
            ({ result }) => `  ${result['@timestamp']}  ${printable(result.anomaly.reason, 120)}`,
          ),
        ]),
    ...contradictions.map(
      ({ pattern, real, not_an_anomaly: not }) =>
        `Judged both ways: "${printable(pattern, 100)}" was called real ${real} times, not an anomaly ${not} times.`,
    ),
    ...(replay.refused === undefined ? [] : ['', `It would be refused: ${replay.refused}`]),
    ...(replay.consequences.length === 0
      ? []
      : ['', `To be accepted: ${replay.consequences.map((name) => `--accept ${name}`).join(' ')}`]),
  ].join('\n');
}

/** One line a day: what is left, and what goes. */
export function barsOf(
  days: readonly { readonly time: string; readonly before: number; readonly after: number }[],
): string[] {
  const most = Math.max(1, ...days.map(({ before }) => before));
  const cells = (count: number): number => Math.round((count / most) * WIDTH_OF_BARS);
  return days.map(({ time, before, after }) => {
    const left = cells(after);
    const figures = before === after ? String(after) : `${before} -> ${after}`;
    return `  ${time.slice(0, 10)} ${'█'.repeat(left)}${'░'.repeat(Math.max(0, cells(before) - left))} ${figures}`;
  });
}

/** One line for each suppression. */
export function listText(suppressions: readonly SuppressionBody[]): string {
  if (suppressions.length === 0) return 'Nothing hides results.';
  return suppressions
    .map((suppression) => {
      const { id, origin, name, detector_ids: ids, expires_at: end, expired, hidden, next, by } = suppression;
      const detectors = ids.length === 0 ? 'all detectors' : ids.join(', ');
      const until = end === undefined ? '' : expired ? `, ended ${end}` : `, until ${end}`;
      const [window] = next;
      const when = window === undefined ? '' : `, next ${window.from} to ${window.to}`;
      return `${id}  ${origin.padEnd(8)} ${printable(name, 80)} (${printable(detectors, 80)}${until}${when}): hides ${hidden} results${by === undefined ? '' : `, by ${printable(by, 40)}`}`;
    })
    .join('\n');
}
