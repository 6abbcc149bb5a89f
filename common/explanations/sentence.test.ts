import type { Attribution } from '../anomaly';
import { featureSchema } from '../detector';
import type { LogDocument } from '../log_document';
import { decodeFeatureEncoding, learnFeatures } from '../log_features';
import { comparisonSchema, headlineOf, reasonOf, sentenceOf, subjectOf, tellable } from './index';

const START = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;

/** Explains one log by a model of one feature that went through its file, as all models do. */
function explain(
  feature: Record<string, unknown>,
  training: readonly LogDocument[],
  document: LogDocument,
): Attribution {
  const { encoder } = learnFeatures([featureSchema.parse(feature)], training, {
    timestampField: '@timestamp',
  });
  const decoded = decodeFeatureEncoding(JSON.parse(JSON.stringify(encoder.toJSON())));
  const [{ type: _type, ...seen }] = decoded.explain(document);
  expect(encoder.explain(document)[0].comparison).toEqual(seen.comparison);
  expect(comparisonSchema.parse(seen.comparison)).toEqual(seen.comparison);
  return { ...seen, share: 1 };
}

const say = (...given: Parameters<typeof explain>): string => {
  const attribution = explain(...given);
  return `${subjectOf(attribution)} ${sentenceOf(attribution)}`;
};

const logs = (count: number, make: (index: number) => LogDocument): LogDocument[] =>
  Array.from({ length: count }, (_none, index) => ({
    '@timestamp': new Date(START + index * MINUTE).toISOString(),
    ...make(index),
  }));

const requests = logs(2_000, (index) => ({
  'service.name': index % 2 === 0 ? 'shop' : 'cart',
  'http.request.method': index % 2 === 0 ? 'POST' : 'GET',
  'url.original': index % 2 === 0 ? '/charge' : `/cart/${index}/items`,
  'http.response.status_code': index % 2 === 0 ? (index === 998 ? 402 : 201) : 200,
  // 100 to 300 ms
  'event.duration': 1e8 + ((index * 7_919) % 200) * 1e6,
  'http.response.body.bytes': 2_000 + (index % 100) * 10,
}));
const by = ['service.name', 'http.request.method', { route: 'url.original' }];
const charge = { 'service.name': 'shop', 'http.request.method': 'POST', 'url.original': '/charge' };
const cart = { 'service.name': 'cart', 'http.request.method': 'GET', 'url.original': '/cart/77/items' };

describe('severity', () => {
  const feature = { type: 'severity', field: 'http.response.status_code', by };
  it('names the group, its usual status and how usual it is', () => {
    expect(say(feature, requests, { ...charge, 'http.response.status_code': 402 })).toBe(
      'status 402, where 99.9 % of POST /charge answer 201',
    );
    expect(say(feature, requests, { ...charge, 'http.response.status_code': 201 })).toBe(
      'status 201, like 99.9 % of POST /charge',
    );
  });
  it('says that a status never was', () => {
    expect(say(feature, requests, { ...charge, 'http.response.status_code': 500 })).toBe(
      'status 500, never seen before in 2,000 logs, where 99.9 % of POST /charge answer 201',
    );
  });
  it('compares with all logs where the group is not known, and counts small groups', () => {
    const other = { 'service.name': 'blog', 'http.response.status_code': 402 };
    expect(say(feature, requests, other)).toMatch(
      /^status 402, where 5\d % of the logs answer 20[01]$|^status 402, where 50 % of the logs answer 20[01]$/,
    );
    const few = [
      ...requests,
      ...logs(8, () => ({ ...charge, 'url.original': '/refund', 'http.response.status_code': 200 })),
    ];
    expect(
      say(feature, few, { ...charge, 'url.original': '/refund', 'http.response.status_code': 500 }),
    ).toContain('where 100 % of POST /refund (8 logs) answer 200');
  });
  it('tells levels by what the logs have', () => {
    const levels = logs(5_000, (index) => ({ 'log.level': index < 10 ? 'error' : 'info' }));
    const level = { type: 'severity', field: 'log.level' };
    expect(say(level, levels, { 'log.level': 'error' })).toBe(
      'level error, where 99.8 % of the logs have INFO',
    );
    expect(say(level, levels, { 'log.level': 'FATAL' })).toBe(
      'level FATAL, never seen before in 5,000 logs, where 99.8 % of the logs have INFO',
    );
    expect(say(level, levels, { 'log.level': 'info' })).toBe('level INFO, like 99.8 % of the logs');
    expect(say(level, levels, {})).toBe('level missing, where 99.8 % of the logs have INFO');
  });
  it('never calls all what is not all', () => {
    const levels = logs(5_000, (index) => ({ 'log.level': index < 1 ? 'error' : 'info' }));
    expect(say({ type: 'severity', field: 'log.level' }, levels, { 'log.level': 'error' })).toBe(
      'level error, where over 99.9 % of the logs have INFO',
    );
  });
});

describe('deviation', () => {
  const feature = { type: 'deviation', field: 'event.duration', by };
  it('has units, by the name of the field, and the group', () => {
    expect(say(feature, requests, { ...cart, 'event.duration': 4.213e9 })).toMatch(
      /^duration 4\.2 s, usually 0\.0\d+ to 0\.3\d+ s for GET \/cart\/…\/items$/,
    );
  });
  it('counts the logs of a small group', () => {
    const few = [
      ...requests,
      ...logs(20, (index) => ({ ...charge, 'url.original': '/refund', 'event.duration': 2e9 + index * 1e7 })),
    ];
    expect(say(feature, few, { ...charge, 'url.original': '/refund', 'event.duration': 9e9 })).toMatch(
      /^duration 9 s, usually .+ s for POST \/refund \(20 logs\)$/,
    );
  });
  it('says that it goes by the hour', () => {
    const rhythm = logs(4_000, (index) => {
      const hour = Math.floor(index / 60) % 24;
      return { 'service.name': 'shop', requests: (hour < 12 ? 100 : 1_000) + (index % 10) };
    });
    expect(
      say({ type: 'deviation', field: 'requests', by: 'service.name' }, rhythm, {
        '@timestamp': '2026-01-06T03:00:00Z',
        'service.name': 'shop',
        requests: 5_000,
      }),
    ).toMatch(/^requests 5000, usually \d+ to \d+ for shop at this hour$/);
  });
  it('says what is missing', () => {
    expect(say(feature, requests, cart)).toMatch(/^duration missing, usually \d+ to 3\d\d ms for GET/);
  });
  it('does not name the entity of a row of a bucket again', () => {
    const rows = logs(400, (index) => ({ entity: 'shop', bucket: { count: 100 + (index % 20) } }));
    expect(
      say({ type: 'deviation', field: 'bucket.count', by: 'entity', name: 'logs' }, rows, {
        '@timestamp': '2026-01-06T03:00:00Z',
        entity: 'shop',
        bucket: { count: 0 },
      }),
    ).toMatch(/^number of logs 0, usually \d+ to \d+$/);
  });
});

describe('number', () => {
  it.each([
    ['event.duration', undefined, 30_039_153_000, /^duration 30 s, usually 0\.1\d* to 0\.29 s$/],
    ['http.response.body.bytes', undefined, 5_242_880, /^response size 5 MB, usually 2 to 2\.9 KB$/],
    ['event.duration', 'us', 4_200, /^duration 4\.2 ms, usually 1\.8 to 4\.8 min$/],
  ])('%s in the unit %s', (field, unit, value, expected) => {
    expect(say({ type: 'number', field, unit }, requests, { [field]: value })).toMatch(expected);
  });
  it('says that a number is new where new ones are news', () => {
    const versions = logs(1_000, (index) => ({ version: 1 + (index % 3) }));
    expect(say({ type: 'number', field: 'version' }, versions, { version: 7 })).toBe(
      'version 7, never seen before in 1,000 logs, usually 1 to 3',
    );
    expect(say({ type: 'number', field: 'version' }, versions, { version: 'x' })).toBe(
      'version missing, usually 1 to 3',
    );
  });
});

describe('rarity', () => {
  const users = logs(25_600, (index) => ({
    'user.name': index < 3 ? 'root' : index % 2 === 0 ? 'ann' : 'bob',
  }));
  const feature = { type: 'category', field: 'user.name', encoding: 'rarity' };
  it('counts rare values, and says where one never was', () => {
    expect(say(feature, users, { 'user.name': 'root' })).toBe('user root, rare: 3 of 25,600 logs');
    expect(say(feature, users, { 'user.name': 'eve' })).toBe('user never seen before in 25,600 logs: eve');
    expect(say(feature, users, { 'user.name': 'ann' })).toBe('user ann, in 50 % of the logs');
    expect(say(feature, users, {})).toBe('user missing');
  });
  it('names what nearly all others have', () => {
    const methods = logs(1_000, (index) => ({ 'http.request.method': index < 2 ? 'PUT' : 'GET' }));
    expect(
      say({ type: 'category', field: 'http.request.method' }, methods, { 'http.request.method': 'PUT' }),
    ).toBe('method PUT, rare: 2 of 1,000 logs, where 99.8 % of the logs have GET');
  });
  it('does not claim that what it may have forgotten never was', () => {
    const ids = logs(2_500, (index) => ({ id: `id-${index % 1_250}` }));
    expect(say({ type: 'category', field: 'id', encoding: 'rarity' }, ids, { id: 'other' })).toBe(
      'id other, rare: at most 2 of 2,500 logs',
    );
  });
  it('of routes and combinations', () => {
    const route = { type: 'route', field: 'url.original', method: 'http.request.method' };
    expect(say(route, requests, { ...charge, 'url.original': '/admin/77' })).toBe(
      'URL never seen before in 2,000 logs: POST /admin/…',
    );
    expect(say(route, requests, cart)).toBe('URL GET /cart/…/items, in 50 % of the logs');
    const pairs = logs(2_000, (index) => ({
      'user.name': `u${index % 2}`,
      'host.name': `h${index < 4 ? 2 : index % 2}`,
    }));
    const combination = { type: 'combination', fields: ['user.name', 'host.name'] };
    expect(say(combination, pairs, { 'user.name': 'u0', 'host.name': 'h1' })).toBe(
      'user + host never seen together in 2,000 logs: u0 with h1',
    );
    expect(say(combination, pairs, { 'user.name': 'u0', 'host.name': 'h2' })).toBe(
      'user + host u0 with h2, rare: 2 of 2,000 logs',
    );
    expect(say(combination, pairs, { 'host.name': 'h2' })).toBe(
      'user + host never seen together in 2,000 logs: missing with h2',
    );
  });
});

describe('template', () => {
  const messages = logs(5_000, (index) => ({
    message: index < 3 ? `disk ${index} failed` : `service alpha finished job ${index} in ${index % 90} ms`,
  }));
  const feature = { type: 'template', field: 'message' };
  it('shows a message that never was as it is, and counts rare templates', () => {
    expect(say(feature, messages, { message: 'zulu daemon crashed with code 1234' })).toBe(
      'message never seen before in 5,000 logs: zulu daemon crashed with code 1234',
    );
    expect(say(feature, messages, { message: 'disk 9 failed' })).toMatch(
      /^message disk <.+> failed, rare: 3 of 5,000 logs$/,
    );
    expect(say(feature, messages, messages[77])).toMatch(
      /^message service alpha .+, in over 99\.9 % of the logs$/,
    );
  });
});

describe('text and signs of attacks', () => {
  const paths = logs(1_000, (index) => ({ 'url.original': `/products/${index}?page=${index % 9}` }));
  it('names the attack', () => {
    const attack = { 'url.original': "/products/1?id=1' UNION SELECT password FROM users --" };
    for (const type of ['text', 'attack_signs']) {
      expect(say({ type, field: 'url.original' }, paths, attack)).toMatch(
        /^URL SQL injection \(union select\).* in \/products\/1\?id=1' UNION SELECT/,
      );
    }
  });
  it('shows no sign that has no picture', () => {
    const attack = { 'url.original': '/products/1%00?page=1' };
    const sentence = say({ type: 'attack_signs', field: 'url.original' }, paths, attack);
    expect(sentence).toContain('null byte');
    expect(sentence).not.toContain('\ufffd');
  });
  it('counts characters, one as one', () => {
    const text = { type: 'text', field: 'url.original' };
    expect(say(text, paths, { 'url.original': '/' })).toBe('URL 1 character, usually 19 to 20: /');
    expect(say(text, paths, { 'url.original': `/${'a'.repeat(1_999)}` })).toMatch(
      /^URL 2,000 characters, usually 19 to 20: \/a+…$/,
    );
    expect(say(text, paths, { 'url.original': '/pro%uc#s/*?pa()=1' })).toBe(
      'URL unusual text: /pro%uc#s/*?pa()=1',
    );
    expect(say(text, paths, {})).toBe('URL missing, usually 19 to 20');
  });
  it('names own patterns, and what is ordinary', () => {
    const text = { type: 'text', field: 'url.original', patterns: [{ name: 'internal', regex: 'internal' }] };
    expect(say(text, paths, { 'url.original': '/internal/1?page=11' })).toBe(
      'URL pattern internal in /internal/1?page=11',
    );
    const signs = { type: 'attack_signs', field: 'url.original' };
    expect(say(signs, paths, paths[7])).toBe('URL no signs of an attack: /products/7?page=7');
  });
});

describe('time', () => {
  const office = logs(4_000, (index) => ({
    '@timestamp': new Date(START + (index % 5) * 86_400_000 + (9 + (index % 8)) * 3_600_000).toISOString(),
  }));
  it('names usual hours and days', () => {
    const at = { '@timestamp': '2026-01-11T03:12:00Z' };
    expect(say({ type: 'hour_of_day', field: '@timestamp' }, office, at)).toBe(
      'time of day 03:12, never seen before in 4,000 logs, usually 09:00 to 17:00',
    );
    expect(say({ type: 'day_of_week', field: '@timestamp' }, office, at)).toBe(
      'day of the week Sunday, never seen before in 4,000 logs, usually Monday to Friday',
    );
  });
  it('names hours over midnight so that one in between is seen to be usual', () => {
    const night = logs(4_000, (index) => ({
      '@timestamp': new Date(START + (index % 5) * 86_400_000 + (20 + (index % 8)) * 3_600_000).toISOString(),
    }));
    const at = { '@timestamp': '2026-01-11T12:12:00Z' };
    expect(say({ type: 'hour_of_day', field: '@timestamp' }, night, at)).toBe(
      'time of day 12:12, never seen before in 4,000 logs, usually 20:00 to 04:00 the next day',
    );
  });
  it('does not call any hour usual beside one that never was', () => {
    const most = logs(23 * 300, (index) => ({
      '@timestamp': new Date(
        START + (4 + (index % 23)) * 3_600_000 + Math.floor(index / 23) * MINUTE * 60 * 24,
      ).toISOString(),
    }));
    const at = { '@timestamp': '2026-01-11T03:10:00Z' };
    expect(say({ type: 'hour_of_day', field: '@timestamp' }, most, at)).toBe(
      'time of day 03:10, never seen before in 6,900 logs',
    );
  });
  it('says where none is unusual', () => {
    const always = logs(7 * 24 * 60, () => ({}));
    const at = { '@timestamp': '2026-01-11T03:12:00Z' };
    expect(say({ type: 'hour_of_day', field: '@timestamp' }, always, at)).toBe(
      'time of day 03:12, any hour is usual',
    );
    expect(say({ type: 'day_of_week', field: '@timestamp' }, always, at)).toBe(
      'day of the week Sunday, any day is usual',
    );
  });
});

describe('hostile values', () => {
  const hostile = `\u202e\u0000\n<script>{value}{logs}\ud800${'x'.repeat(5_000)}`;
  const types: Record<string, unknown>[] = [
    { type: 'category', encoding: 'rarity' },
    { type: 'route' },
    { type: 'template' },
    { type: 'text' },
    { type: 'attack_signs' },
    { type: 'severity', by: 'other' },
    { type: 'combination', fields: ['field', 'other'], field: '' },
  ];
  it.each(types)('are cleaned and shortened: %j', (feature) => {
    const training = logs(400, (index) => ({
      field: index < 200 ? hostile : `${hostile}${index}`,
      other: hostile,
    }));
    for (const document of [
      { field: hostile, other: hostile },
      { field: `${hostile}!`, other: `new ${hostile}` },
    ]) {
      const sentence = say({ field: 'field', ...feature }, training, document);
      expect(sentence).not.toMatch(/[\p{Cc}\u202e\u2028]|\p{Cs}/u);
      expect(sentence.length).toBeLessThan(500);
    }
  });
  it('cannot fill in the places of a phrase', () => {
    expect(
      sentenceOf({
        feature: 'user',
        field: 'user',
        actual: '',
        typical: '',
        comparison: { kind: 'value', value: '{logs} {count}', count: 3, logs: 1_000 },
      }),
    ).toBe('{logs} {count}, rare: 3 of 1,000 logs');
  });
});

describe('reasonOf', () => {
  const status: Attribution = {
    feature: 'http.response.status_code',
    field: 'http.response.status_code',
    share: 0.5,
    actual: '500',
    typical: '201 (99.9% of POST /charge)',
    comparison: {
      kind: 'status',
      value: '500',
      usual: '201',
      usual_share: 0.999,
      group: 'POST /charge',
      group_logs: 3_120,
    },
  };
  const old: Attribution = { feature: 'path', field: 'path', share: 0.3, actual: '/x', typical: '/a (90%)' };

  it('joins the sentences of the features that make the score', () => {
    expect(reasonOf([status, { ...status, share: 0.4, feature: 'answers' }, old])).toBe(
      'status 500, where 99.9 % of POST /charge answer 201; answers 500, where 99.9 % of POST /charge answer 201',
    );
  });
  it('leaves out what its group usually has, beside another reason', () => {
    const usual: Attribution = {
      ...status,
      comparison: {
        kind: 'status',
        value: '500',
        usual: '500',
        usual_share: 1,
        group: 'GET /index.php',
        group_logs: 10,
      },
    };
    expect(reasonOf([usual, { ...old, share: 0.4 }])).toBe('path /x, usually /a (90%)');
    expect(headlineOf([usual, { ...status, share: 0.4, feature: 'answers' }])).toBe('Answers 500');
    expect(reasonOf([{ ...usual, share: 1 }])).toBe('status 500, like 100 % of GET /index.php (10 logs)');
  });
  it('makes do with what 0.1.0 and pipelines wrote', () => {
    expect(reasonOf([{ ...old, share: 1 }])).toBe('path /x, usually /a (90%)');
    expect(tellable([{ ...old, share: 1 }])).toBe(false);
    expect(
      reasonOf([
        { ...old, share: 1, actual: 'zulu (not seen in training)', unseen: true, trained_on: 12_400 },
      ]),
    ).toBe('path never seen before in 12,400 logs: zulu');
  });
  it('names a feature whose values may not be repeated, and says where there is none', () => {
    expect(reasonOf([{ ...old, share: 1, actual: '', typical: '' }])).toBe('path is unusual');
    expect(reasonOf([])).toBe('nothing is unusual by itself');
  });
});

describe('names that people give', () => {
  it.each(['errors (checkout)', 'latency (ms)', 'logins (eu)'])('stay whole: %s', (feature) => {
    expect(subjectOf({ feature, field: 'x' })).toBe(feature);
  });
  it('lose what training adds where several features read a field', () => {
    expect(subjectOf({ feature: 'x (attack_signs)', field: 'x' })).toBe('x');
    expect(subjectOf({ feature: 'x (number 2)', field: 'x' })).toBe('x');
  });
});

describe('a headline', () => {
  it('says what stands out most in few words, with its unit, and of an attack its kind', () => {
    const slow = explain({ type: 'deviation', field: 'event.duration', by }, requests, {
      ...charge,
      'event.duration': 30e9,
    });
    expect(headlineOf([slow])).toBe('Duration 30 s');
    const attacks = logs(300, (index) => ({ 'url.original': `/search?q=shoes${index}` }));
    const attack = explain({ type: 'attack_signs', field: 'url.original' }, attacks, {
      'url.original': "/search?q=1' UNION SELECT password FROM users--",
    });
    expect(
      headlineOf([
        { ...slow, share: 0.55 },
        { ...attack, share: 0.45 },
      ]),
    ).toBe('Signs of SQL injection');
    // A reason does not name what hardly counts, nor does a headline.
    expect(
      headlineOf([
        { ...slow, share: 0.9 },
        { ...attack, share: 0.1 },
      ]),
    ).toBe('Duration 30 s');
  });

  it('ends in something that can be seen, of an empty value as well', () => {
    const services = logs(300, (index) => ({ 'service.name': index % 2 === 0 ? 'web' : 'shop' }));
    const titleOf = (value: unknown, type = 'category'): string | undefined =>
      headlineOf([explain({ type, field: 'service.name' }, services, { 'service.name': value })]);
    expect(['', '-', null, ['']].map((value) => titleOf(value))).toEqual(Array(4).fill('Service missing'));
    expect(titleOf('  ')).toBe('Service "  "');
    expect(titleOf('  ', 'severity')).toBe('Service "  "');
    expect(say({ type: 'category', field: 'service.name' }, services, { 'service.name': ' ' })).toBe(
      'service never seen before in 300 logs: " "',
    );
  });

  it('says of what was never seen that it was not, and of a text that it is unusual', () => {
    const pages = logs(400, (index) => ({
      'http.request.method': index % 2 === 0 ? 'GET' : 'POST',
      'url.path': index % 2 === 0 ? '/blog' : '/login',
    }));
    const log = (method: string, path: string): LogDocument => ({
      'http.request.method': method,
      'url.path': path,
    });
    const pair = { type: 'combination', fields: ['http.request.method', 'url.path'] };
    expect(headlineOf([explain(pair, pages, log('POST', '/blog'))])).toBe('Method + URL never seen together');
    const path = { type: 'category', field: 'url.path', encoding: 'rarity' };
    expect(headlineOf([explain(path, pages, log('GET', '/wp-login.php'))])).toBe('URL never seen before');
    expect(headlineOf([explain({ type: 'text', field: 'url.path' }, pages, log('GET', '/%$%'))])).toBe(
      'URL is unusual',
    );
    const odd = explain({ type: 'attack_signs', field: 'url.path' }, pages, log('GET', '/!!##^^@@~~||{}[]'));
    expect([odd.comparison?.is_odd, headlineOf([odd])]).toEqual([true, 'Looks like code or an attack']);
  });

  it('names log-ins that failed before the number of all logs', () => {
    const part = (
      feature: string,
      field: string,
      share: number,
      value: number,
      high: number,
    ): Attribution => ({
      ...{ feature, field, share, actual: String(value), typical: '' },
      comparison: { kind: 'number', value, low: 0, high },
    });
    const count = part('logs', 'bucket.count', 0.7, 15_056, 40);
    const failed = (value: number) => part('failed log-ins', 'bucket.errors', 0.05, value, 12);
    expect(headlineOf([count])).toBe('Number of logs 15,056');
    expect(headlineOf([count, failed(14_980)])).toBe('Failed log-ins 14,980');
    // Many log-ins of which no more fail than usual, and errors of other logs.
    expect(headlineOf([count, failed(9)])).toBe('Number of logs 15,056');
    expect(headlineOf([count, { ...failed(14_980), feature: 'errors' }])).toBe('Number of logs 15,056');
    expect(subjectOf(failed(1))).toBe('failed log-ins');
  });

  it('leaves messages to their pattern', () => {
    const messages = logs(300, () => ({ message: 'Disk sda is fine' }));
    const odd = explain({ type: 'template', field: 'message' }, messages, { message: 'Kernel panic' });
    expect(headlineOf([odd])).toBeUndefined();
    const failed = explain({ type: 'severity', field: 'http.response.status_code', by }, requests, {
      ...charge,
      'http.response.status_code': 502,
    });
    expect(
      headlineOf([
        { ...odd, share: 0.5 },
        { ...failed, share: 0.5 },
      ]),
    ).toBe('Status 502');
    expect(headlineOf([])).toBeUndefined();
  });
});
