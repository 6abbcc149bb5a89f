import { smallKibana } from '../../../test/fakes/small_kibana';
import { resultStore } from '../../../test/fakes/run_stores';
import { MINUTE } from '../../../common/duration';
import { parseAlertsConfig } from '../../notifications';
import { KIBANAS_OF_SPACE } from '../records/known_kibanas';
import type { Withheld } from '../records/status_store';
import { openAnnouncements } from './run_announcements';

const NOW = Date.parse('2026-03-02T10:00:00Z');
const ago = (minutes: number): string => new Date(NOW - minutes * MINUTE).toISOString();

/** A run on a Kibana with Slack that finds something, beside one with e-mail. @returns what waits after it */
async function afterRunWith(withheld: Withheld): Promise<Withheld | undefined> {
  const { services, status, client, target } = smallKibana({ now: NOW });
  services.alerts = parseAlertsConfig({
    slack: { webhook_url: 'https://hooks.slack.com/services/T/B/x' },
    notify: 'anomalies',
  });
  const seen = { since: ago(600), at: ago(1) };
  await status.writePart(KIBANAS_OF_SPACE, 'kibanas', {
    known: [{ id: 'other', name: 'b', channels: ['email'], notify: 'anomalies', ...seen }],
  });
  await status.writePart('web', 'withheld', withheld);
  const job = {
    ...{ target: target('web'), client, status, results: resultStore() },
    stored: { detector: { name: 'Web' } },
  } as unknown as Parameters<typeof openAnnouncements>[1];
  const run = { withheld, startedAt: NOW };
  const announcements = await openAnnouncements(services, job, run, new AbortController().signal);
  await announcements.stores.results.write([{ source: { index: 'logs', id: '1' } } as never], []);
  await announcements.finish({ flush: true });
  return status.readPart('web', 'withheld');
}

it('keeps what it notes for another Kibana when it sends what has waited for itself', async () => {
  expect(await afterRunWith({ slack: ago(5) })).toEqual({ email: ago(0) });
});

it('keeps since when something waits for another Kibana', async () => {
  expect(await afterRunWith({ slack: ago(5), email: ago(7) })).toEqual({ email: ago(7) });
  // Found while no channel was known.
  expect(await afterRunWith({ '*': ago(9) })).toEqual({ email: ago(9) });
});
