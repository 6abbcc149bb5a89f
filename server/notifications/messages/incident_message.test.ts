import type { Incident } from '../../../common/incidents';
import { setUp, startWebhook } from '../../../test/unit/notification_receivers';
import type { KeptIncident } from '../../detection/ports/incidents';
import { renderEmail } from '../channels/email_channel';
import { incidentMessage, newsOf } from './incident_message';
import { renderSlack } from '../channels/slack_channel';

const kept = (change: Partial<Incident> = {}, opened: Partial<KeptIncident['opened']> = {}): KeptIncident => {
  const scope = { kind: 'entity', value: 'checkout' } as const;
  const incident: Incident = {
    id: 'abc',
    title: 'POST /charge of checkout',
    scope,
    detectors: [{ id: 'd1', name: 'Web shop', results: 3 }],
    start: '2026-01-05T10:00:03.000Z',
    end: '2026-01-05T10:05:00.000Z',
    state: 'open',
    opened_at: '2026-01-05T10:01:00.000Z',
    closes_at: '2026-01-05T10:35:00.000Z',
    updated_at: '2026-01-05T10:01:00.000Z',
    counts: { logs: 3, buckets: 0 },
    score: 0.7,
    confidence: 0.95,
    severity: 'major',
    reasons: [
      {
        result_id: 'r1',
        time: '2026-01-05T10:00:03.000Z',
        score: 0.7,
        confidence: 0.95,
        severity: 'major',
        reason: 'http.response.status_code is 500; usual is 200',
        attribution: [
          { feature: 'http.response.status_code', field: 'x', share: 1, actual: '500', typical: '200' },
        ],
      },
    ],
    first_line: { result_id: 'r1', time: '2026-01-05T10:00:03.000Z', line: 'POST /charge 500' },
    last_line: { result_id: 'r3', time: '2026-01-05T10:05:00.000Z', line: 'POST /charge 502' },
    patterns: [],
    routes: [],
    sources: [],
    counted: { patterns: 0, routes: 0, sources: 0 },
    comments: [],
    history: [],
    ...change,
  };
  return {
    incident,
    opened: { results: 3, severity: 'major', ...opened },
    group: { scope, from: 0, to: 0, quiet: 0, patterns: [], routes: [], sources: [], bucketDetectors: [] },
  };
};

const grown = (logs: number, change: Partial<Incident> = {}) =>
  kept({ counts: { logs, buckets: 0 }, ...change });

it('tells an incident when it opens, grows by an order, gets worse and is over, each once', async () => {
  const { received, webhook_url } = await startWebhook();
  const { notifier, restart } = setUp({ slack: { webhook_url } });
  const tell = async (each: KeptIncident) => {
    await notifier.notifyIncidents([each]);
    // Another process, the same journal.
    await restart().notifyIncidents([each]);
  };
  await tell(kept());
  await tell(grown(29));
  await tell(grown(31));
  await tell(grown(299, { severity: 'critical' }));
  await tell(grown(299, { severity: 'critical', state: 'closed', closed_because: 'quiet' }));
  const since = 'POST /charge of checkout, since 2026-01-05 10:00:03 UTC';
  expect(received.map(({ text }) => text)).toEqual([
    `${since}: major, 3 logs`,
    `Grew to 31 logs: ${since}: major`,
    `Now critical: ${since}: 299 logs`,
    'Over: POST /charge of checkout, from 2026-01-05 10:00:03 UTC to 2026-01-05 10:05:00 UTC: critical, 299 logs',
  ]);
});

it('says of what the results are: logs, buckets and changes of patterns', () => {
  const said = (counts: Incident['counts']): string =>
    incidentMessage(kept({ counts }), 'opened', undefined).headline.split(': major, ')[1];
  expect(said({ logs: 0, buckets: 0, changes: 1 })).toBe('1 change of a pattern');
  expect(said({ logs: 3, buckets: 1, changes: 2 })).toBe('3 logs, 1 bucket and 2 changes of patterns');
  expect(said({ logs: 0, buckets: 0 })).toBe('no anomalies any more');
});

it('makes one message of several news, and none of what is not severe enough', async () => {
  const { received, webhook_url } = await startWebhook();
  const { notifier } = setUp({ slack: { webhook_url }, minimum_severity: 'major' });
  await notifier.notifyIncidents([kept({ severity: 'minor', confidence: 0.8 })]);
  expect(received).toEqual([]);
  await notifier.notifyIncidents([grown(500, { severity: 'critical', state: 'closed' })]);
  expect(received).toHaveLength(1);
  expect(received[0].text).toMatch(/: critical, 500 logs; it is over already$/);
  await notifier.notifyIncidents([grown(500, { severity: 'critical', state: 'closed' })]);
  expect(received).toHaveLength(1);
});

it('counts messages beyond the limit and says so with the next one', async () => {
  const { received, webhook_url } = await startWebhook();
  const { notifier, clock } = setUp({ slack: { webhook_url }, max_per_hour: 1 });
  await notifier.notifyIncidents(['a', 'b', 'c'].map((id) => kept({ id })));
  expect(received).toHaveLength(1);
  clock.time += 3_600_001;
  await notifier.notifyIncidents([kept({ id: 'd' })]);
  expect(JSON.stringify(received[1])).toContain('2 more messages about incidents suppressed since');
});

it('gives each of its news a name of its own', () => {
  const history = [{ at: '', action: 'reopened' as const }];
  expect(newsOf(grown(40, { severity: 'critical', state: 'closed', history })).map(({ id }) => id)).toEqual([
    'abc:opened',
    'abc:reopened:1',
    'abc:over:1',
    'abc:severity:critical',
    'abc:grew:1',
  ]);
});

it('tells that an incident goes on after somebody closed it, once', async () => {
  const { received, webhook_url } = await startWebhook();
  const { notifier } = setUp({ slack: { webhook_url } });
  await notifier.notifyIncidents([kept()]);
  const goesOn = grown(4, { history: [{ at: '', action: 'reopened' }] });
  await notifier.notifyIncidents([goesOn]);
  await notifier.notifyIncidents([goesOn]);
  await notifier.notifyIncidents([grown(4, { history: [{ at: '', action: 'reopened', by: 'maria' }] })]);
  expect(received.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^POST \/charge of checkout/),
    expect.stringMatching(/^Goes on: POST \/charge of checkout/),
  ]);
});

it('shows what logs hold without giving it a meaning, first what, where, since when and how bad', () => {
  const line = 'see https://evil.example/<!channel> <b>bold</b>\u202e';
  const message = incidentMessage(
    kept({
      title: `${line} of checkout`,
      first_line: { result_id: 'r1', time: '2026-01-05T10:00:03.000Z', line },
    }),
    'opened',
    'https://kibana.example/app/logAnomalies/incidents/abc',
  );
  const slack = JSON.stringify(renderSlack(message, undefined));
  const { subject, text, html } = renderEmail(message, undefined);
  for (const shown of [slack, text, html, subject]) {
    expect(shown).not.toContain('https://evil');
    expect(shown).not.toContain('\u202e');
    expect(shown).toContain('hxxps[:]');
  }
  expect(slack).not.toContain('<!channel>');
  expect(html).not.toContain('<b>bold');
  expect(text.split('\n')[0]).toMatch(/of checkout, since 2026-01-05 10:00:03 UTC: major, 3 logs$/);
  expect(text).toContain('- http.response.status_code is 500; usual is 200');
  expect(text).toContain('https://kibana.example/app/logAnomalies/incidents/abc');
});

it('says last which change it began after', () => {
  const preceded_by = {
    id: 'job-1',
    kind: 'deployment' as const,
    title: 'Release',
    at: '2026-01-05T09:58:03.000Z',
    entities: ['checkout'],
    version: '1.42.0',
    recorded_at: '2026-01-05T09:58:03.000Z',
  };
  const { reasons } = incidentMessage(kept({ preceded_by }), 'opened', undefined);
  expect(reasons.slice(1)).toEqual(['Began 2 min after deployment 1.42.0 of checkout.']);
  const linked = { ...preceded_by, version: 'https://evil.example/x' };
  expect(incidentMessage(kept({ preceded_by: linked }), 'opened', undefined).reasons[1]).not.toContain(
    'https://',
  );
});
