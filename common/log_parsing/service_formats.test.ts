import type { LogDocument } from '../log_document';
import { detectFormat, parseLines } from './parse_log';
import type { NamedFormat } from './parts/types';

/** A day on which all the times below are past. */
const CONTEXT = { latest: Date.UTC(2026, 10, 27, 12) };

function read(lines: readonly string[]): { format: NamedFormat; documents: LogDocument[] } {
  const format = detectFormat(lines, CONTEXT);
  const documents = [...parseLines(lines, format, CONTEXT)].map(
    ({ document, failure }) => document ?? { failure: failure?.error },
  );
  return { format, documents };
}

const GET = 'GET /cart/7?step=2 HTTP/1.1';
const COMBINED = `192.0.2.7 - ann [04/Mar/2026:10:00:14 +0000] "${GET}" 502 122 "-" "curl/8"`;
const CART = { original: '/cart/7?step=2', path: '/cart/7', query: 'step=2' };
const GET_502 = { version: '1.1', request: { method: 'GET' }, response: { status_code: 502 } };

describe('access logs with more than Apache writes', () => {
  it.each<[string, string, LogDocument]>([
    ['the time that nginx took', `${COMBINED} 1.250`, { event: { duration: 1_250_000_000 } }],
    ['a name before the time', `${COMBINED} rt=0.043 uct="0.001"`, { event: { duration: 43_000_000 } }],
    ['Traefik', `${COMBINED} 17 "web@docker" "http://192.0.2.9:80" 6ms`, { event: { duration: 6_000_000 } }],
    [
      'the address before a proxy',
      `${COMBINED} "203.0.113.9"`,
      { client: { address: '192.0.2.7', ip: '192.0.2.7' } },
    ],
  ])('%s', (_name, line, expected) => {
    const { format, documents } = read([line, line]);
    expect(format).toBe('combined');
    expect(documents[0]).toMatchObject({ ...expected, url: CART, user: { name: 'ann' }, message: line });
  });

  it('a number without a unit is no duration', () => {
    const { documents } = read([`${COMBINED} 1250`]);
    expect(documents[0].event).toBeUndefined();
  });

  it('a host without a port stands before the address', () => {
    const { format, documents } = read([`shop.example ${COMBINED}`]);
    expect(format).toBe('vhost_combined');
    expect(documents[0]).toMatchObject({
      client: { ip: '192.0.2.7' },
      url: { ...CART, domain: 'shop.example' },
    });
  });

  it('a chain of proxies begins with the client, and no header is a dash', () => {
    const rest = COMBINED.slice('192.0.2.7'.length);
    const { format, documents } = read([
      `203.0.113.9${rest}`,
      `203.0.113.7, 10.0.0.1${rest}`,
      `-${rest}`,
      `2001:db8::7, 10.0.0.1, 10.0.0.2${rest}`,
    ]);
    expect(format).toBe('combined');
    expect(documents.map(({ client, user, url }) => ({ client, user, url }))).toEqual(
      ['203.0.113.9', '203.0.113.7', undefined, '2001:db8::7'].map((address) => ({
        client: address === undefined ? undefined : { address, ip: address },
        user: { name: 'ann' },
        url: CART,
      })),
    );
    expect(documents[1].message).toContain('203.0.113.7, 10.0.0.1');
    expect(read([`- 192.0.2.9${rest}`]).documents[0]).toMatchObject({ url: CART });
  });

  it('more numbers behind the common format', () => {
    const line = `192.0.2.7 - - [04/Mar/2026:10:00:14 +0000] "${GET}" 502 122 0.250`;
    const { format, documents } = read([line]);
    expect(format).toBe('common');
    expect(documents[0]).toMatchObject({ url: CART, event: { duration: 250_000_000 } });
  });
});

const ALB_END =
  'arn:aws:elasticloadbalancing:us-east-2:1:targetgroup/t/7 "Root=1-5-4" "www.example.com" "-" 1 2026-03-04T10:00:14.364000Z "forward"';

describe('proxies and load balancers', () => {
  it.each<[string, NamedFormat, string, LogDocument]>([
    [
      'the application load balancer of AWS',
      'elb',
      `https 2026-03-04T10:00:14.186641Z app/lb/50d 192.0.2.7:2817 192.0.2.9:80 0.086 0.048 0.037 502 200 34 366 "GET https://www.example.com:443/cart/7?step=2 HTTP/1.1" "curl/7.46.0" ECDHE-RSA TLSv1.2 ${ALB_END}`,
      {
        '@timestamp': '2026-03-04T10:00:14.186Z',
        client: { address: '192.0.2.7', ip: '192.0.2.7' },
        upstream: { address: '192.0.2.9:80' },
        event: { duration: 48_000_000 },
        http: {
          version: '1.1',
          request: { method: 'GET', bytes: 34 },
          response: { status_code: 502, bytes: 366 },
        },
        url: {
          original: 'https://www.example.com:443/cart/7?step=2',
          path: '/cart/7',
          query: 'step=2',
          domain: 'www.example.com:443',
        },
        user_agent: { original: 'curl/7.46.0' },
        tls: { cipher: 'ECDHE-RSA', version: 'TLSv1.2' },
      },
    ],
    [
      'a target that did not answer, and a client of IPv6',
      'elb',
      '2026-03-04T10:00:14.186641Z lb [2001:db8::7]:2817 - -1 -1 -1 504 0 0 0 "GET http://a.example:80/ HTTP/1.1" "-" - -',
      {
        client: { address: '2001:db8::7', ip: '2001:db8::7' },
        http: {
          version: '1.1',
          request: { method: 'GET', bytes: 0 },
          response: { status_code: 504, bytes: 0 },
        },
      },
    ],
    [
      'Envoy',
      'envoy',
      `[2026-03-04T10:00:14.002Z] "${GET}" 502 UF,URX 10 156 228 102 "203.0.113.28, 192.0.2.1" "curl/8" "cc21d9b0" "cart" "192.0.2.9:80"`,
      {
        '@timestamp': '2026-03-04T10:00:14.002Z',
        client: { address: '203.0.113.28', ip: '203.0.113.28' },
        event: { duration: 228_000_000, reason: 'UF,URX' },
        http: {
          version: '1.1',
          request: { method: 'GET', bytes: 10, id: 'cc21d9b0' },
          response: { status_code: 502, bytes: 156 },
        },
        upstream: { address: '192.0.2.9:80' },
        url: { ...CART, domain: 'cart' },
        user_agent: { original: 'curl/8' },
      },
    ],
    [
      'Istio',
      'envoy',
      `[2026-03-04T10:00:14.002Z] "${GET}" 0 DC downstream_remote_disconnect - "-" 0 95 9400 - "-" "curl/8" "cc21" "cart:8080" "192.0.2.9:80" outbound|80||cart 192.0.2.1:1 192.0.2.2:2 192.0.2.3:3 - default`,
      {
        event: { duration: 9_400_000_000, reason: 'DC' },
        http: { version: '1.1', request: { method: 'GET', bytes: 0, id: 'cc21' }, response: { bytes: 95 } },
        url: { ...CART, domain: 'cart:8080' },
      },
    ],
    [
      'HAProxy through syslog',
      'syslog',
      `Mar  4 10:00:14 lb1 haproxy[992]: 192.0.2.7:33317 [04/Mar/2026:10:00:12.655] http-in static/srv1 10/0/30/69/1109 502 2750 - - SH-- 1/1/1/1/0 0/0 {1wt.eu} {} "${GET}"`,
      {
        '@timestamp': '2026-03-04T10:00:14.000Z',
        host: { name: 'lb1' },
        process: { name: 'haproxy', pid: 992 },
        client: { address: '192.0.2.7', ip: '192.0.2.7' },
        event: { duration: 1_109_000_000, reason: 'SH--' },
        http: { ...GET_502, response: { status_code: 502, bytes: 2_750 } },
        haproxy: { frontend_name: 'http-in', backend_name: 'static', server_name: 'srv1' },
        url: CART,
      },
    ],
  ])('%s', (_name, format, line, expected) => {
    const result = read([line]);
    expect(result.format).toBe(format);
    const { message, ...document } = result.documents[0];
    expect(document).toMatchObject(expected);
    expect(document.http).toEqual(expected.http);
    expect(document.url).toMatchObject(expected.url ?? {});
    expect(line).toContain(message as string);
  });
});

it.each([
  [
    'elb',
    '2026-03-04T10:00:14.186641Z lb 192.0.2.7:2817 192.0.2.9:80 0.1 0.2 0.3 - - 82 305 "- - - " "-" - -',
  ],
  [
    'envoy',
    '[2026-03-04T10:00:14.002Z] "- - -" 0 - - - "-" 10 95 94 - "-" "-" "-" "-" "192.0.2.9:80" outbound|80||db',
  ],
])('a connection in a log of %s that carries no HTTP has no request', (name, line) => {
  const { format, documents } = read([line]);
  expect(format).toBe(name);
  expect([documents[0].url, documents[0].http]).toEqual([
    undefined,
    expect.not.objectContaining({ request: expect.objectContaining({ method: expect.anything() }) }),
  ]);
});

describe('files whose header names the values', () => {
  it('IIS', () => {
    const { format, documents } = read([
      '#Software: Microsoft Internet Information Services 10.0',
      '#Date: 2026-03-04 10:00:00',
      '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-win32-status time-taken',
      '2026-03-04 10:00:14 192.0.2.1 GET /cart/7 step=2 443 - 192.0.2.7 Mozilla/5.0+(Windows) 502 64 1250',
      '2026-03-04 10:00:15 192.0.2.1 GET /cart/7',
    ]);
    expect(format).toBe('w3c');
    expect(documents).toEqual([
      {
        '@timestamp': '2026-03-04T10:00:14.000Z',
        message: expect.stringContaining('GET /cart/7 step=2'),
        'server.address': '192.0.2.1',
        'server.ip': '192.0.2.1',
        'server.port': 443,
        'http.request.method': 'GET',
        'url.path': '/cart/7',
        'url.query': 'step=2',
        'client.address': '192.0.2.7',
        'client.ip': '192.0.2.7',
        'user_agent.original': 'Mozilla/5.0 (Windows)',
        'http.response.status_code': 502,
        'sc-win32-status': 64,
        'event.duration': 1_250_000_000,
      },
      { failure: 'has 5 values where its header names 13' },
    ]);
  });

  it('CloudFront', () => {
    const { format, documents } = read([
      '#Version: 1.0',
      '#Fields: date time x-edge-location sc-bytes c-ip cs(User-Agent) time-taken',
      '2026-03-04\t10:00:14\tFRA2\t302\t192.0.2.7\tMozilla/5.0%20(X11)\t0.020',
    ]);
    expect(format).toBe('w3c');
    expect(documents[0]).toMatchObject({
      'x-edge-location': 'FRA2',
      'user_agent.original': 'Mozilla/5.0 (X11)',
      'event.duration': 20_000_000,
    });
  });

  it('Zeek', () => {
    const { format, documents } = read([
      '#separator \\x09',
      '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\thistory',
      '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tstring',
      '1772618414.000002\tC2\t192.0.2.7\t40002\t2001:db8::1\t53\tudp\tdns\t0.020000\t2\t-',
      '#close\t2026-03-04-11-00-00',
    ]);
    expect(format).toBe('zeek');
    expect(documents).toEqual([
      {
        '@timestamp': '2026-03-04T10:00:14.000Z',
        message: expect.stringContaining('1772618414'),
        'event.id': 'C2',
        'source.address': '192.0.2.7',
        'source.ip': '192.0.2.7',
        'source.port': 40002,
        'destination.address': '2001:db8::1',
        'destination.ip': '2001:db8::1',
        'destination.port': 53,
        'network.transport': 'udp',
        'network.protocol': 'dns',
        'event.duration': 20_000_000,
        'source.bytes': 2,
      },
    ]);
  });

  it('a table separated by semicolons has decimal commas', () => {
    const { format, documents } = read(['timestamp;took;status', '04.03.2026 10:00:14;2,5;200']);
    expect(format).toBe('csv');
    expect(documents[0]).toMatchObject({ '@timestamp': '2026-03-04T10:00:14.000Z', took: 2.5, status: 200 });
  });
});

describe('databases, hosts and security devices', () => {
  const prefix = '2026-03-04 10:00:14.002 UTC [2002] app@shop';
  it('PostgreSQL, whose details belong to the error before', () => {
    const { format, documents } = read([
      `${prefix} ERROR:  duplicate key value violates unique constraint "orders_pkey"`,
      `${prefix} DETAIL:  Key (id)=(2) already exists.`,
      `${prefix} STATEMENT:  INSERT INTO orders`,
      '\tVALUES (2)',
      `${prefix} LOG:  duration: 6.420 ms  statement: SELECT 1`,
      '2026-03-04 10:00:15 CET [17] LOG:  checkpoint starting: time',
      '2026-03-04 10:00:16 UTC:192.0.2.7(3333):app@shop:[2002]:FATAL:  terminating connection',
      '2026-03-04 10:00:17 UTC [2003]: [1-1] user=app,db=shop,app=psql,client=192.0.2.7 WARNING:  nothing to do',
    ]);
    expect(format).toBe('postgresql');
    const shop = { log: { database: 'shop' } };
    expect(documents).toEqual([
      {
        '@timestamp': '2026-03-04T10:00:14.002Z',
        process: { pid: 2002 },
        user: { name: 'app' },
        postgresql: shop,
        message:
          'duplicate key value violates unique constraint "orders_pkey"\nDETAIL:  Key (id)=(2) already exists.\nSTATEMENT:  INSERT INTO orders\n\tVALUES (2)',
        log: { level: 'error' },
      },
      {
        '@timestamp': '2026-03-04T10:00:14.002Z',
        process: { pid: 2002 },
        user: { name: 'app' },
        postgresql: shop,
        event: { duration: 6_420_000 },
        message: 'duration: 6.420 ms  statement: SELECT 1',
        log: { level: 'log' },
      },
      {
        '@timestamp': '2026-03-04T10:00:15.000Z',
        process: { pid: 17 },
        message: 'checkpoint starting: time',
        log: { level: 'log' },
      },
      {
        '@timestamp': '2026-03-04T10:00:16.000Z',
        process: { pid: 2002 },
        user: { name: 'app' },
        client: { address: '192.0.2.7', ip: '192.0.2.7' },
        postgresql: shop,
        message: 'terminating connection',
        log: { level: 'fatal' },
      },
      {
        '@timestamp': '2026-03-04T10:00:17.000Z',
        process: { pid: 2003 },
        user: { name: 'app' },
        client: { address: '192.0.2.7', ip: '192.0.2.7' },
        postgresql: { log: { database: 'shop', application_name: 'psql' } },
        message: 'nothing to do',
        log: { level: 'warning' },
      },
    ]);
  });

  it('the audit daemon of Linux', () => {
    const { format, documents } = read([
      'type=SYSCALL msg=audit(1772618414.002:402): arch=c000003e syscall=59 success=no exit=-13 pid=3 comm="cat" exe="/bin/cat"',
      `node=web-1 type=USER_LOGIN msg=audit(1772618414.002:403): pid=9 uid=0 msg='op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=192.0.2.7 terminal=ssh res=failed'`,
    ]);
    expect(format).toBe('auditd');
    expect(documents[0]).toMatchObject({
      '@timestamp': '2026-03-04T10:00:14.002Z',
      event: { action: 'syscall', outcome: 'failure' },
      process: { pid: 3, name: 'cat', executable: '/bin/cat' },
      auditd: { log: { sequence: 402, syscall: '59', exit: '-13' } },
    });
    expect(documents[1]).toMatchObject({
      host: { name: 'web-1' },
      event: { action: 'user_login', outcome: 'failure' },
      user: { name: 'root' },
      source: { ip: '192.0.2.7' },
      process: { pid: 9, executable: '/usr/sbin/sshd' },
      auditd: { log: { op: 'login', terminal: 'ssh' } },
    });
    expect(documents[1]).not.toHaveProperty('auditd.log.hostname');
  });

  it('the audit daemon, with what it has put into words', () => {
    const { documents } = read([
      'type=LOGIN msg=audit(1772618414.002:404): pid=9 uid=0 old-ses=1 ses=2 res=0\u001dUID="root" AUID="ann"',
      'type=SYSCALL msg=audit(1772618414.002:405): success=yes key=(null)\u001dARCH=x86_64 SYSCALL=openat',
    ]);
    expect(documents[0]).toMatchObject({
      event: { action: 'login', outcome: 'failure' },
      auditd: { log: { UID: 'root', AUID: 'ann' } },
    });
    expect(documents[1]).toMatchObject({
      auditd: { log: { key: '(null)', ARCH: 'x86_64', SYSCALL: 'openat' } },
    });
  });

  it('events in the common event format behind a time of ISO 8601', () => {
    const event = '2026-03-04T10:00:14Z fw1 CEF:0|v|p|1.0|100|denied|5|src=192.0.2.7';
    const { format, documents } = read([event, '2026-03-04T10:00:15Z fw1 sshd[1]: closed']);
    expect(format).toBe('syslog');
    expect(documents[0]).toMatchObject({ host: { name: 'fw1' }, 'source.ip': '192.0.2.7' });
  });

  it('events in the common event format', () => {
    const { documents } = read([
      'Mar 04 10:00:14 fw1 CEF:0|Vendor|F\\|W|1.0|102|Connection denied|7|src=192.0.2.7 dst=host.example spt=1234 act=deny msg=a\\=b and more cs1=x',
    ]);
    expect(documents[0]).toMatchObject({
      'observer.vendor': 'Vendor',
      'event.code': '102',
      'event.severity': 7,
      'cef.name': 'Connection denied',
      'source.ip': '192.0.2.7',
      'source.port': 1234,
      'event.action': 'deny',
      'cef.extensions.dst': 'host.example',
      'cef.extensions.msg': 'a=b and more',
      'cef.extensions.cs1': 'x',
    });
  });
});

describe('lines of programs', () => {
  it.each<[string, NamedFormat, string, LogDocument]>([
    [
      'tracing of Rust',
      'application',
      '2026-03-04T10:00:14.000002Z  WARN my_app::db: query took=2 ms',
      { log: { level: 'warn', logger: 'my_app::db' }, message: 'query took=2 ms' },
    ],
    [
      'tracing of Rust within a span',
      'application',
      '2026-03-04T10:00:14.000002Z  INFO request{id=2}: my_app::db: done',
      { log: { level: 'info' }, message: 'request{id=2}: my_app::db: done' },
    ],
    [
      'env_logger of Rust',
      'application',
      '[2026-03-04T10:00:14Z ERROR my_app::db] query took 2 ms',
      { log: { level: 'error', logger: 'my_app::db' }, message: 'query took 2 ms' },
    ],
    [
      "Ruby's Logger",
      'application',
      'W, [2026-03-04T10:00:14.000002 #4002]  WARN -- : slow query',
      { log: { level: 'warn' }, process: { pid: 4002 }, message: 'slow query' },
    ],
    [
      'Celery',
      'application',
      '[2026-03-04 10:00:14,002: ERROR/ForkPoolWorker-2] Task pay failed',
      {
        log: { level: 'error' },
        process: { thread: { name: 'ForkPoolWorker-2' } },
        message: 'Task pay failed',
      },
    ],
    [
      'Elasticsearch',
      'application',
      '[2026-03-04T10:00:14,002][WARN ][o.e.c.r.a.DiskThresholdMonitor] [node-1] high disk watermark',
      {
        log: { level: 'warn', logger: 'o.e.c.r.a.DiskThresholdMonitor' },
        message: '[node-1] high disk watermark',
      },
    ],
    [
      'a clock of twelve hours',
      'application',
      '3/4/2026, 12:00:14 AM ERROR refused',
      { '@timestamp': '2026-03-04T00:00:14.000Z', log: { level: 'error' }, message: 'refused' },
    ],
    [
      'Snort',
      'application',
      '03/04-10:00:14.002000  [**] [1:2100498:7] GPL ATTACK_RESPONSE [**]',
      { '@timestamp': '2026-03-04T10:00:14.002Z', message: '[**] [1:2100498:7] GPL ATTACK_RESPONSE [**]' },
    ],
    [
      'numbers and durations of logfmt',
      'logfmt',
      'time=2026-03-04T10:00:14Z level=info msg=done size=10 code="007" took=1m2.5s',
      { size: 10, code: '007', took: '1m2.5s', 'event.duration': 62_500_000_000 },
    ],
    [
      'a number as the message of logfmt',
      'logfmt',
      'time=2026-03-04T10:00:14Z level=info msg=404 a=b',
      { message: '404', a: 'b' },
    ],
    [
      'gunicorn',
      'application',
      '[2026-03-04 10:00:14 +0000] [1234] [INFO] Booting worker with pid: 7',
      { log: { level: 'info' }, message: 'Booting worker with pid: 7' },
    ],
    [
      'containerd with JSON that has texts where ECS has objects',
      'cri',
      '2026-03-04T10:00:14.002000000Z stdout F {"msg":"slow","error":"timeout","host":"a","user":{"id":7}}',
      { error: { message: 'timeout' }, host: { name: 'a' }, user: { id: 7 }, message: 'slow' },
    ],
    [
      'Serilog',
      'json',
      '{"@t":"2026-03-04T10:00:14.0020000Z","@mt":"Order {Id} failed","@l":"Error","@x":"System.Exception: no","Id":7}',
      {
        '@timestamp': '2026-03-04T10:00:14.002Z',
        log: { level: 'error' },
        message: 'Order {Id} failed\nSystem.Exception: no',
        Id: 7,
      },
    ],
    [
      'MongoDB',
      'json',
      '{"t":{"$date":"2026-03-04T10:00:14.002+00:00"},"s":"W","c":"NETWORK","id":22943,"ctx":"listener","msg":"Connection accepted","attr":{"connectionCount":2}}',
      {
        '@timestamp': '2026-03-04T10:00:14.002Z',
        log: { level: 'warning', logger: 'NETWORK' },
        message: 'Connection accepted',
        attr: { connectionCount: 2 },
      },
    ],
    [
      'GELF',
      'json',
      '{"version":"1.1","host":"a","short_message":"order 7","timestamp":1772618414.002,"level":3}',
      { '@timestamp': '2026-03-04T10:00:14.002Z', log: { level: 'err' }, message: 'order 7' },
    ],
    [
      'an audit log of a cloud',
      'json',
      '{"eventTime":"2026-03-04T10:00:14Z","eventName":"RunInstances","t":5}',
      { '@timestamp': '2026-03-04T10:00:14.000Z', eventName: 'RunInstances', t: 5 },
    ],
    [
      'Docker with a program that writes JSON',
      'json',
      '{"log":"{\\"level\\":\\"warn\\",\\"msg\\":\\"slow\\",\\"took\\":7,\\"time\\":\\"2020-01-01T00:00:00Z\\"}\\n","stream":"stdout","time":"2026-03-04T10:00:14.002Z"}',
      { '@timestamp': '2026-03-04T10:00:14.002Z', level: 'warn', took: 7, message: 'slow', stream: 'stdout' },
    ],
    [
      'containerd with a program that writes JSON',
      'cri',
      '2026-03-04T10:00:14.002000000Z stdout F {"level":"warn","msg":"slow","took":7}',
      { '@timestamp': '2026-03-04T10:00:14.002Z', level: 'warn', took: 7, message: 'slow', stream: 'stdout' },
    ],
  ])('%s', (_name, format, line, expected) => {
    const { format: found, documents } = read([line, line]);
    expect(found).toBe(format);
    expect(documents[0]).toMatchObject(expected);
    expect(documents[0].message ?? '').toBe(expected.message ?? documents[0].message ?? '');
  });
});
