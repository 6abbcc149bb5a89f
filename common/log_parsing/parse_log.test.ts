import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { xoroshiro128plus } from 'pure-rand';
import { DetectionError } from '../detection_error';
import type { LogDocument } from '../log_document';
import type { LogFormat } from '.';
import { createLineParser, detectFormat, LONGEST_LINE, LONGEST_TEXT, parseLines } from '.';
import { leastTime } from '../../test/unit/thread_time';

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64)';
const COMBINED = `203.0.113.7 - ann [17/May/2015:10:05:03 +0200] "GET /shop/a%20b?q=1&r=2 HTTP/1.1" 200 5123 "http://x.example/?a=b" "${AGENT}"`;

function read(line: string, format: LogFormat = 'combined'): Record<string, unknown> {
  const outcome = createLineParser(format)(line, 1);
  if (!outcome?.document) throw new Error(outcome?.failure?.error ?? 'blank');
  return outcome.document;
}
const complaint = (line: string, format: LogFormat = 'combined') =>
  createLineParser(format)(line, 1)?.failure?.error;

describe('combined and common log format', () => {
  it('reads a combined line into ECS fields', () => {
    expect(read(COMBINED)).toEqual({
      '@timestamp': '2015-05-17T08:05:03.000Z',
      message: COMBINED,
      http: {
        version: '1.1',
        request: { method: 'GET', referrer: 'http://x.example/?a=b' },
        response: { status_code: 200, body: { bytes: 5123 } },
      },
      client: { address: '203.0.113.7', ip: '203.0.113.7' },
      user: { name: 'ann' },
      url: { original: '/shop/a%20b?q=1&r=2', path: '/shop/a%20b', query: 'q=1&r=2' },
      user_agent: { original: AGENT },
    });
  });

  it('leaves out what is "-" or empty', () => {
    const document = read('::1 - - [01/Jan/2024:00:00:00 +0000] "-" 408 - "-" ""');
    expect(document).toEqual({
      '@timestamp': '2024-01-01T00:00:00.000Z',
      message: '::1 - - [01/Jan/2024:00:00:00 +0000] "-" 408 - "-" ""',
      http: { response: { status_code: 408 } },
      client: { address: '::1', ip: '::1' },
    });
  });

  it('reads common and vhost_combined lines, and IPv6', () => {
    const common =
      '2001:db8::7 ident frank smith [28/Feb/2024:23:59:59 -0130] "POST http://a.example:8080/b#c HTTP/1.0" 201 0';
    expect(read(common, 'common')).toMatchObject({
      '@timestamp': '2024-02-29T01:29:59.000Z',
      client: { ip: '2001:db8::7' },
      user: { name: 'frank smith' },
      url: { original: 'http://a.example:8080/b#c', domain: 'a.example:8080', path: '/b' },
      http: { version: '1.0', response: { status_code: 201, body: { bytes: 0 } } },
    });
    expect(read(`shop.example:443 ${COMBINED}`, 'vhost_combined')).toMatchObject({
      url: { domain: 'shop.example', port: 443, path: '/shop/a%20b' },
    });
  });

  it('keeps a host name as address, not as ip', () => {
    expect(read(COMBINED.replace('203.0.113.7', 'crawl-1.example')).client).toEqual({
      address: 'crawl-1.example',
    });
    expect(read(COMBINED.replace('203.0.113.7', '999.1.1.1')).client).toEqual({ address: '999.1.1.1' });
  });

  it('undoes the escapes of Apache and nginx', () => {
    const agentOf = (text: string) =>
      (read(COMBINED.replace(AGENT, () => text)).user_agent as { original: string }).original;
    expect(agentOf(String.raw`a \"b\" c`)).toBe('a "b" c');
    expect(agentOf(String.raw`a \x22b\x22 \x5C`)).toBe('a "b" \\');
    expect(agentOf(String.raw`ends with backslash \\`)).toBe('ends with backslash \\');
    expect(agentOf(String.raw`\xc3\xbcber \xe2\x9c\x93`)).toBe('über ✓');
    expect(agentOf(String.raw`cp1251 \xe4\xe5 \xzz \q`)).toBe(String.raw`cp1251 \xe4\xe5 \xzz \q`);
    expect(agentOf(String.raw`\\x41`)).toBe(String.raw`\x41`);
  });

  it('reads requests that are none, and unescaped quotes within them', () => {
    const urlOf = (request: string) => read(COMBINED.replace(/GET .* HTTP\/1\.1/, () => request));
    expect(urlOf(String.raw`\x16\x03\x01`)).toMatchObject({ url: { original: '\u0016\u0003\u0001' } });
    expect(urlOf('GET /a b c HTTP/1.1')).toMatchObject({ url: { path: '/a b c' }, http: { version: '1.1' } });
    expect(urlOf('GET /index')).toMatchObject({
      url: { path: '/index' },
      http: { request: { method: 'GET' } },
    });
    expect(urlOf('GET /a?x="1"&y HTTP/1.1')).toMatchObject({ url: { query: 'x="1"&y' } });
    expect(urlOf('OPTIONS * HTTP/1.1')).toMatchObject({ url: { original: '*', path: '*' } });
  });

  it('reads a line that was cut off inside its last field', () => {
    expect(read(COMBINED.slice(0, -5)).user_agent).toEqual({ original: AGENT.slice(0, -4) });
    expect(complaint(COMBINED.slice(0, 60))).toMatch(/missing after request/);
  });

  it.each([
    ['nonsense', /missing after remote_addr/],
    [COMBINED.replace(' 200 ', ' abc '), /status/],
    [COMBINED.replace('5123', '5k'), /body_bytes_sent/],
    [COMBINED.replace('17/May', '31/Jun'), /time/],
    [COMBINED.replace('17/May', '17/Mai'), /time/],
    [COMBINED.replace('+0200', 'CEST'), /time/],
    [COMBINED.replace('10:05', '24:05'), /time/],
    [COMBINED.replace('17/May/2015:10:05:03 +0200', '-'), /no time/],
    [`${COMBINED}17`, /left over/],
  ])('says what is wrong with %s', (line, expected) => {
    expect(complaint(line)).toMatch(expected);
  });

  it('cuts long text, refuses lines beyond the limit, ignores carriage returns and blank lines', () => {
    const long = COMBINED.replace('q=1', `q=${'é'.repeat(900_000)}`);
    const document = read(long) as { message: string; url: { original: string } };
    expect(document.message).toHaveLength(LONGEST_TEXT);
    expect(document.url.original).toHaveLength(LONGEST_TEXT);
    expect(document).toMatchObject({ log: { flags: ['truncated'] } });
    expect(complaint('x'.repeat(LONGEST_LINE + 1))).toMatch(/at most 1048576/);
    expect(read(`\ufeff${COMBINED}\r`)).toEqual(read(COMBINED));
    expect([...parseLines(['', ' ', '\r'], 'combined')]).toEqual([]);
  });

  it('numbers failures by line, with a harmless excerpt', () => {
    const outcomes = [...parseLines([COMBINED, '', 'bad \u001b[31m\u202e line'], 'combined')];
    expect(outcomes).toHaveLength(2);
    expect(outcomes[1].failure).toMatchObject({ line: 3, excerpt: 'bad  [31m  line' });
  });
});

describe('patterns', () => {
  it('reads what nginx writes', () => {
    const pattern =
      '$remote_addr [$time_iso8601] ${request_method} "$request_uri" $status ${request_time}s $request_length/$bytes_sent $request_id $service';
    const line = '10.0.0.1 [2024-05-01T12:00:00+02:00] PUT "/a\\x22?b" 204 0.012s 812/93 4f2a checkout-api';
    expect(read(line, { pattern })).toMatchObject({
      '@timestamp': '2024-05-01T10:00:00.000Z',
      event: { duration: 12_000_000 },
      http: { request: { method: 'PUT', bytes: 812, id: '4f2a' }, response: { bytes: 93, status_code: 204 } },
      url: { original: '/a"?b', query: 'b' },
      service: { name: 'checkout-api' },
      message: line,
    });
  });

  it('reads application logs', () => {
    const pattern = '$time_iso8601 $level [$logger] $trace_id $message';
    expect(read('2024-05-01 12:00:00,250 WARN [a.b.C] f00 disk is full', { pattern })).toEqual({
      '@timestamp': '2024-05-01T12:00:00.250Z',
      message: 'disk is full',
      log: { level: 'warn', logger: 'a.b.C' },
      trace: { id: 'f00' },
    });
  });

  it.each([
    ['$remote_addr $nothing', /\$nothing; allowed are \$remote_addr/],
    ['$constructor $msec', /\$constructor; allowed/],
    ['$remote_addr$status $msec', /no text between \$remote_addr/],
    ['$remote_addr', /no time/],
    ['x'.repeat(2_000), /longer than 1000/],
  ])('refuses %s', (pattern, expected) => {
    expect(() => createLineParser({ pattern })).toThrow(DetectionError);
    expect(() => createLineParser({ pattern })).toThrow(expected);
  });

  it('takes time linear in the line', () => {
    const parse = createLineParser('combined');
    const start = '1.1.1.1 - - [17/May/2015:10:05:03 +0200] "';
    const read = () => {
      for (const hostile of ['\\"', '" ', '\\', '"', ' [', '\\x41'])
        parse(start + hostile.repeat(Math.floor((LONGEST_LINE - 100) / hostile.length)), 1);
    };
    expect(leastTime(read, 3_000)).toBeLessThan(3_000);
  });
});

describe('JSON lines', () => {
  it('takes ECS as it stands, nested or dotted', () => {
    const line = JSON.stringify({
      '@timestamp': '2024-05-01T12:00:00.5+02:00',
      'http.response.status_code': 200,
      url: { path: '/a' },
    });
    expect(read(line, 'json')).toEqual({
      '@timestamp': '2024-05-01T10:00:00.500Z',
      'http.response.status_code': 200,
      url: { path: '/a' },
    });
  });

  it('finds time and message under other names', () => {
    expect(read('{"time":1714557600123,"msg":"hello","level":30}', 'json')).toEqual({
      '@timestamp': '2024-05-01T10:00:00.123Z',
      message: 'hello',
      level: 30,
    });
    expect(read('{"ts":1714557600.5}', 'json')).toEqual({ '@timestamp': '2024-05-01T10:00:00.500Z' });
  });

  it.each([
    ['{', /not JSON/],
    ['[1]', /not an object/],
    ['null', /not an object/],
    ['{"a":1}', /has no time/],
    ['{"@timestamp":"yesterday"}', /@timestamp cannot be read/],
    ['{"@timestamp":{"a":1}}', /@timestamp cannot be read/],
  ])('says what is wrong with %s', (line, expected) => expect(complaint(line, 'json')).toMatch(expected));

  it('is not harmed by __proto__ or deep nesting', () => {
    read('{"@timestamp":0,"__proto__":{"polluted":true}}', 'json');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(() => createLineParser('json')(`${'['.repeat(500_000)}`, 1)).not.toThrow();
  });
});

describe('detectFormat', () => {
  it.each([
    ['combined', COMBINED],
    ['common', COMBINED.split(' "http')[0]],
    ['vhost_combined', `a.example:80 ${COMBINED}`],
    ['json', '{"@timestamp":"2024-05-01T10:00:00Z"}'],
  ])('recognises %s, a bad line among them notwithstanding', (format, line) => {
    expect(detectFormat(['', line, line, 'cut off li'])).toBe(format);
  });

  it('says why when nothing fits', () => {
    expect(() => detectFormat(['started', 'x', 'done'])).toThrow(DetectionError);
    expect(() => detectFormat(['hello'])).toThrow(
      /The first is "hello"; the nearest formats say: json: is not JSON; .*give a pattern such as/,
    );
    expect(() => detectFormat([])).toThrow(/0 lines/);
  });
});

describe('any text at all', () => {
  const generator = xoroshiro128plus(2024);
  const below = (limit: number) => (generator.unsafeNext() >>> 0) % limit;
  const formats: LogFormat[] = [
    'json',
    'combined',
    'common',
    'vhost_combined',
    { pattern: '$msec $level "$message"' },
  ];
  const seeds = [COMBINED, '{"@timestamp":"2024-05-01T10:00:00Z","message":"m"}', '1714557600.5 info "text"'];
  const pieces = [
    '"',
    '\\',
    '\\x',
    '\\x2',
    '[',
    ']',
    ' ',
    '-',
    '{',
    '\u0000',
    '\ud800',
    'é',
    '😀',
    '99999999999999999999',
  ];

  it('never throws, and gives a document with time and bounded text or a failure', () => {
    for (let round = 0; round < 20_000; round++) {
      let line = seeds[below(seeds.length)];
      for (let change = below(6); change > 0; change--) {
        const at = below(line.length + 1);
        line = line.slice(0, at) + pieces[below(pieces.length)] + line.slice(at + below(4));
      }
      for (const format of formats) {
        const outcome = createLineParserOnce(format)(line, 7);
        if (outcome === undefined) continue;
        if (outcome.failure) expectFailure(outcome.failure);
        else expectDocument(outcome.document);
      }
    }
  });

  const parsers = new Map<LogFormat, ReturnType<typeof createLineParser>>();
  function createLineParserOnce(format: LogFormat) {
    const parser = parsers.get(format) ?? createLineParser(format);
    parsers.set(format, parser);
    return parser;
  }
  function expectFailure(failure: { line: number; error: string; excerpt: string }) {
    if (failure.line !== 7 || failure.error === '' || failure.excerpt.length > 160)
      throw new Error(JSON.stringify(failure));
  }
  function expectDocument(document: LogDocument) {
    const time = document['@timestamp'];
    if (typeof time !== 'string' || new Date(time).toISOString() !== time)
      throw new Error(JSON.stringify(document));
  }
});

describe('real Apache logs', () => {
  const file = resolve(
    __dirname,
    '../..',
    process.env.LOG_ANOMALIES_DATA ?? '../shared/data',
    'apache_access.log.gz',
  );
  const isThere = existsSync(file);
  if (!isThere) console.warn(`SKIPPED: ${file} is absent; set LOG_ANOMALIES_DATA`);
  const lines = isThere ? gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n') : [];

  (isThere ? it : it.skip)('reads all 10,000 lines', () => {
    const format = detectFormat(lines.slice(0, 100));
    expect(format).toBe('combined');
    const outcomes = [...parseLines(lines, format)];
    expect(outcomes.filter(({ failure }) => failure)).toEqual([]);
    expect(outcomes).toHaveLength(10_000);
    const documents = outcomes.map(({ document }) => document as Record<string, Record<string, unknown>>);
    expect(documents.filter(({ url }) => typeof url?.path === 'string')).toHaveLength(10_000);
    expect(documents.filter(({ client }) => typeof client.ip === 'string')).toHaveLength(10_000);
  });
});
