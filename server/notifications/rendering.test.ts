import { SEVERITY_COLORS } from '../../common/anomaly/severity_colors';
import type { Incident } from '../../common/incidents';
import { keptIncident } from '../../test/fakes/kept_incident';
import { announcementId, summarise } from './messages/alert_message';
import { renderEmail } from './channels/email_channel';
import { renderSlack } from './channels/slack_channel';
import { incidentMessage } from './messages/incident_message';
import { resultOf } from './test_results';
import { cleanText, escapeHtml, escapeMrkdwn, redact } from './messages/untrusted_text';

const EVIL =
  '<!channel> @here @channel <https://evil.example|click> https://evil.example/x `code` *bold*\r\nBcc: a@b.example\u0000\u202e <script>alert("1")</script> & &lt; \ud800';
const config = { results_per_message: 5 };
const detector = { id: 'd1', name: 'Web shop' };
const run = { id: 'r 1&x' };
const evilMessage = summarise(
  {
    detector: { id: 'd1', name: EVIL },
    run,
    results: [resultOf('1', { message: EVIL, reason: EVIL, entity: EVIL })],
  },
  config,
);
const textsOf = (payload: unknown): string[] =>
  typeof payload === 'string'
    ? [payload]
    : payload !== null && typeof payload === 'object'
      ? Object.values(payload).flatMap(textsOf)
      : [];

describe('summarise', () => {
  it('counts by severity and entity, and shows the highest scores', () => {
    const results = Array.from({ length: 30 }, (_, index) =>
      resultOf(String(index), {
        score: 0.5 + index / 100,
        confidence: index < 10 ? 0.6 : 0.99,
        entity: index % 3 === 0 ? 'auth-api' : `service-${index % 15}`,
      }),
    );
    const message = summarise({ detector, run, results }, config);
    expect(message.total).toBe(30);
    expect(message.bySeverity).toEqual([
      { severity: 'critical', count: 20 },
      { severity: 'warning', count: 10 },
    ]);
    expect(message.entities[0]).toEqual({ name: 'auth-api', count: 10 });
    expect(message.entities).toHaveLength(8);
    expect(message.otherEntities).toBe(3);
    expect(message.top.map(({ score }) => score)).toEqual([0.79, 0.78, 0.77, 0.76, 0.75]);
  });

  it('groups by the configured field, nested or dotted', () => {
    const results = [
      { ...resultOf('1'), host: { name: 'a' } },
      { ...resultOf('2'), 'host.name': 'a' },
      { ...resultOf('3'), host: 'x' },
    ];
    expect(summarise({ detector, run, results }, { ...config, group_by: 'host.name' }).entities).toEqual([
      { name: 'a', count: 2 },
      { name: '(none)', count: 1 },
    ]);
  });

  it('names a result by detector and source', () => {
    expect(announcementId('d1', resultOf('1'))).toBe(announcementId('d1', resultOf('1', { score: 0.9 })));
    expect(announcementId('d1', resultOf('1'))).not.toBe(announcementId('d2', resultOf('1')));
    expect(announcementId('d1', resultOf('1'))).not.toBe(announcementId('d1', resultOf('2')));
  });

  it('stays small for long lines', () => {
    const message = summarise(
      { detector, run, results: [resultOf('1', { message: 'x'.repeat(1_000_000) })] },
      config,
    );
    expect(message.top[0].line).toBe(`${'x'.repeat(299)}…`);
  });
});

it('a message leads to where a result is judged, signed in', () => {
  const link = 'https://kibana.test/s/a/app/logAnomalies/detectors/d1/feedback?result=x%2Fy&a=<b>|c"';
  const message = summarise({ detector, run, results: [resultOf('1')] }, config, () => link);
  const safe = new URL(link).href;
  expect(safe).not.toMatch(/[<>"]/);
  const { text, html } = renderEmail(message, undefined);
  expect(text).toContain(`Real or not? ${safe}`);
  expect(html).toContain(`<a href="${escapeHtml(safe)}">Real or not?</a>`);
  const shown = textsOf(renderSlack(message, undefined)).join('\n');
  expect(shown).toContain(`<${safe.replace(/&/g, '&amp;').replace(/\|/g, '%7C')}|Real or not?>`);
  expect(
    textsOf(renderSlack(summarise({ detector, run, results: [resultOf('1')] }, config), undefined)).join(
      '\n',
    ),
  ).not.toContain('Real or not?');
});

describe('cleanText', () => {
  it('leaves one well-formed line', () => {
    const cleaned = cleanText(EVIL, 1_000);
    expect(cleaned).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(cleanText(`${'a'.repeat(8)}😀`, 10)).toBe(`${'a'.repeat(8)}😀`);
    expect(cleanText(`${'a'.repeat(8)}😀b`, 10)).toBe(`${'a'.repeat(8)}…`);
    expect(cleanText(undefined, 10)).toBe('');
  });
});

describe('Slack', () => {
  const payload = renderSlack(
    evilMessage,
    { results: 3, since: 0 },
    { channel: '#a', linkBase: 'https://k.example/?a=<b>|' },
  );
  const texts = textsOf(payload);

  it('leaves no mark-up, mention or link from logs', () => {
    const fromLogs = texts.filter((text) => text.includes('evil'));
    expect(fromLogs.length).toBeGreaterThan(2);
    for (const text of fromLogs) {
      expect(text).not.toMatch(/[<>]/);
      expect(text).not.toMatch(/@(here|channel|everyone)/);
      expect(text).not.toMatch(/https?:\/\/|evil\.example/);
      expect(text).not.toContain('`code`');
      expect(text).not.toContain('*bold*');
      expect(text).toContain('&lt;!');
    }
    expect(fromLogs.some((text) => text.includes('&amp; &amp;lt;'))).toBe(true);
    expect(payload).toMatchObject({ parse: 'none', link_names: false, unfurl_links: false, channel: '#a' });
  });

  it('says what was found, what was suppressed and where to look', () => {
    const all = texts.join('\n');
    expect(all).toContain('score 0.700, confidence 95.0%');
    expect(all).toContain('3 more anomalies suppressed since 1970-01-01T00:00:00.000Z');
    expect(all).toContain(
      '<https://k.example/?a=%3Cb%3E%7C&amp;detector=d1&amp;run=r+1%26x|Open in Log Anomalies>',
    );
    expect(textsOf(renderSlack(undefined, { results: 1, since: 0 })).join()).toContain(
      '1 more anomaly suppressed',
    );
  });

  it('keeps to the limits of blocks', () => {
    const results = Array.from({ length: 25 }, (_, index) =>
      resultOf(String(index), {
        message: '&'.repeat(1_000),
        reason: '&'.repeat(1_000),
        entity: `${index}${'&'.repeat(200)}`,
      }),
    );
    const { blocks } = renderSlack(
      summarise({ detector, run, results }, { results_per_message: 20 }),
      undefined,
    ) as {
      blocks: { text: { text: string } }[];
    };
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(blocks.every(({ text }) => text.text.length <= 3_000)).toBe(true);
  });

  it('escapes once', () => expect(escapeMrkdwn('a & b < c')).toBe('a &amp; b &lt; c'));
});

describe('mail', () => {
  const { subject, text, html } = renderEmail(evilMessage, { results: 3, since: 0 }, 'https://k.example/"x');

  it('has a subject of one bounded line', () => {
    expect(subject).not.toMatch(/[\r\n\p{Cc}]/u);
    expect(subject.length).toBeLessThanOrEqual(150);
    expect(subject).toMatch(/^\[Log Anomalies\] 1 anomaly in /);
  });

  it('escapes HTML and has the same in plain text', () => {
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/<https|<!channel/);
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)');
    expect(html).toContain('href="https://k.example/%22x?detector=d1&amp;run=r+1%26x"');
    expect(text).toContain('<script>alert("1")</script>');
    for (const part of [text, html]) expect(part).toContain('3 more anomalies suppressed');
    // nothing of a log is left that a program makes a link of
    for (const part of [subject, text, html.replace(/<a href="https:\/\/k\.example[^>]*>/g, '')]) {
      expect(part).not.toMatch(/https?:\/\/(?!k\.example)|[@/ ]evil\.example|b\.example/);
    }
    expect(text).toContain('hxxps[:]//evil[.]example/x');
    expect(escapeHtml(`&'`)).toBe('&amp;&#39;');
  });
});

it('marks hosts that mix scripts in mails and in Slack', () => {
  const line = 'GET https://\u0440\u0430ypal.com/ 200';
  const message = summarise({ detector, run, results: [resultOf('1', { message: line })] }, config);
  const marked = '\u0440\u0430ypal[.]com (mixed scripts: Cyrillic and Latin, xn--ypal-43d9g[.]com)';
  const { text, html } = renderEmail(message, undefined);
  for (const shown of [text, html, textsOf(renderSlack(message, undefined)).join('\n')])
    expect(shown).toContain(marked);
});

describe('redact', () => {
  it('blots out secrets in every form', () => {
    const text = `a s3cr/t b ${Buffer.from('s3cr/t').toString('base64')} c s3cr%2Ft`;
    expect(redact(text, ['s3cr/t', undefined, ''])).toBe('a [redacted] b [redacted] c [redacted]');
  });
});

it('a mail says first what, where, since when and how bad, beside the colour of the severity', () => {
  const results = [resultOf('1'), resultOf('2', { confidence: 0.99 })];
  const { subject, text, html } = renderEmail(summarise({ detector, run, results }, config), undefined);
  const headline = '2 anomalies in Web shop since 2026-01-05 10:00:00 UTC: 1 critical, 1 major';
  expect(text.split('\n')[0]).toBe(headline);
  expect(subject).toBe(`[Log Anomalies] ${headline}`);
  expect(/<h2[^>]*>([^<]*)<\/h2>/.exec(html)?.[1]).toBe(headline);
  expect([...html.matchAll(/border-left:4px solid (#\w+)/g)].map(([, color]) => color)).toEqual([
    SEVERITY_COLORS.critical,
    SEVERITY_COLORS.critical,
    SEVERITY_COLORS.major,
  ]);
});

test('a line of ampersands cuts off neither its own link nor an escape in Slack', () => {
  const link = 'https://kibana.example/app/logAnomalies?judge=1&space=a';
  const flood = '&'.repeat(400);
  const results = Array.from({ length: 8 }, (_none, place) =>
    resultOf(String(place), { entity: `${place}${flood}`, message: flood, reason: flood }),
  );
  const message = summarise({ detector: { id: 'd', name: flood }, run, results }, config, () => link);
  for (const shown of textsOf(renderSlack(message, undefined))) {
    expect(shown.length).toBeLessThanOrEqual(3_000);
    expect(shown).not.toMatch(/&(?!amp;|lt;|gt;)/);
    if (shown.includes('score')) expect(shown).toMatch(/`(&amp;)+…`\n<https:[^|]+\|Real or not\?>$/);
  }
  const incident = incidentMessage(
    keptIncident({
      title: flood,
      reasons: Array.from({ length: 3 }, () => ({ reason: flood, attribution: [] })),
      first_line: { result_id: '1', time: '2026-01-05T10:00:00.000Z', line: flood },
      last_line: { result_id: '2', time: '2026-01-05T10:00:00.000Z', line: flood },
    } as unknown as Partial<Incident>),
    'opened',
    undefined,
  );
  for (const shown of textsOf(renderSlack(incident, undefined)))
    expect(shown).not.toMatch(/&(?!amp;|lt;|gt;)/);
});
