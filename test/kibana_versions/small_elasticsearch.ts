import { randomUUID } from 'node:crypto';

/**
 * An Elasticsearch small enough for a test of seconds: documents by index and id, the queries that the plugin filters with, pages in a
 * point in time. Of aggregations it has least and largest values alone; a query that it does not know it refuses, as a real one does.
 */
interface Answer {
  readonly status: number;
  readonly body: object;
}
type Source = Readonly<Record<string, unknown>>;
type Query = Readonly<Record<string, unknown>>;

interface Stored {
  readonly source: Source;
  readonly order: number;
}
interface Index {
  readonly mappings: { readonly properties?: Readonly<Record<string, unknown>> };
  readonly documents: Map<string, Stored>;
}

/** Requests with the parameters of another major version are refused: each client sends its own. */
export interface SmallElasticsearchOptions {
  readonly major: 8 | 9;
}

const ok = (body: object): Answer => ({ status: 200, body });
const failed = (status: number, type: string, reason: string): Answer => ({
  status,
  body: { error: { type, reason, root_cause: [{ type, reason }] }, status },
});

/** Values of a field named with dots, wherever objects are nested. */
function valuesOf(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(item, path));
  if (path.length === 0) return value === undefined || value === null ? [] : [value];
  if (value === null || typeof value !== 'object') return [];
  return path.flatMap((_name, place) =>
    valuesOf((value as Source)[path.slice(0, place + 1).join('.')], path.slice(place + 1)),
  );
}
const fieldOf = (source: Source, field: string): unknown[] => valuesOf(source, field.split('.'));

const comparable = (value: unknown): number =>
  typeof value === 'string' && Number.isNaN(Number(value)) ? Date.parse(value) : Number(value);

const listOf = (given: unknown): Query[] =>
  given === undefined ? [] : Array.isArray(given) ? (given as Query[]) : [given as Query];

/** @throws Error for a kind of query that is not written here */
function matches(source: Source, id: string, query: Query | undefined): boolean {
  if (query === undefined) return true;
  return Object.entries(query).every(([kind, given]) => {
    const body = given as Record<string, unknown>;
    const [field] = Object.keys(body);
    const wanted = body[field];
    const found = (): unknown[] => (field === '_id' ? [id] : fieldOf(source, field));
    switch (kind) {
      case 'match_all':
        return true;
      case 'match_none':
        return false;
      case 'bool': {
        const { must, filter, should, must_not: mustNot, minimum_should_match: least } = body;
        const each = (one: Query): boolean => matches(source, id, one);
        const isEnough =
          should === undefined || ((must ?? filter) !== undefined && least === undefined)
            ? true
            : listOf(should).some(each);
        return [...listOf(must), ...listOf(filter)].every(each) && !listOf(mustNot).some(each) && isEnough;
      }
      case 'constant_score':
      case 'function_score':
        return matches(source, id, (body.filter ?? body.query) as Query | undefined);
      case 'ids':
        return (body.values as string[]).includes(id);
      case 'exists':
        return fieldOf(source, String(body.field)).length > 0;
      case 'term': {
        const value = typeof wanted === 'object' ? (wanted as { value: unknown }).value : wanted;
        return found().some((each) => String(each) === String(value));
      }
      case 'terms':
        return found().some((each) => (wanted as unknown[]).map(String).includes(String(each)));
      case 'prefix': {
        const value = typeof wanted === 'object' ? (wanted as { value: unknown }).value : wanted;
        return found().some((each) => String(each).startsWith(String(value)));
      }
      case 'range':
        return found().some((each) =>
          Object.entries(wanted as Record<string, unknown>).every(([bound, limit]) => {
            const [left, right] = [comparable(each), comparable(limit)];
            if (bound === 'gte') return left >= right;
            if (bound === 'gt') return left > right;
            if (bound === 'lte') return left <= right;
            return bound === 'lt' ? left < right : true;
          }),
        );
      default:
        throw new Error(`unknown query [${kind}]`);
    }
  });
}

const fieldsOf = (properties: Readonly<Record<string, unknown>>, before = ''): [string, string][] =>
  Object.entries(properties).flatMap(([name, given]) => {
    const { type, properties: inner } = given as { type?: string; properties?: Record<string, unknown> };
    return inner === undefined
      ? [[`${before}${name}`, type ?? 'object'] as [string, string]]
      : fieldsOf(inner, `${before}${name}.`);
  });

const ISO_TIME = /^\d{4}-\d\d-\d\dT/;

function typeOf(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  if (typeof value === 'string') return ISO_TIME.test(value) ? 'date' : 'keyword';
  return typeof value;
}

/** Types that Elasticsearch would find for fields that no mapping has. */
function foundIn(source: Source, before = ''): [string, string][] {
  return Object.entries(source).flatMap(([name, value]): [string, string][] => {
    const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
    if (first === null || first === undefined) return [];
    if (typeof first === 'object') return foundIn(first as Source, `${before}${name}.`);
    return [[`${before}${name}`, typeOf(first)]];
  });
}

export class SmallElasticsearch {
  private readonly indices = new Map<string, Index>();
  private readonly bounds = new Map<string, number>();
  private written = 0;

  constructor(private readonly options: SmallElasticsearchOptions) {}

  /** Puts documents in by their ids. */
  public add(index: string, documents: readonly { readonly id: string; readonly document: object }[]): void {
    for (const { id, document } of documents) this.put(index, id, document as Source);
  }

  /** Keeps the `most` documents written last of indices whose names begin so. */
  public keepAtMost(most: number, beginning: string): void {
    this.bounds.set(beginning, most);
  }

  /** @returns the documents of an index, in the order in which they were written */
  public documentsOf(index: string): Source[] {
    return this.found(index).flatMap(([, { documents }]) =>
      [...documents.values()].map(({ source }) => source),
    );
  }

  /** Takes the indices of an older one, as an upgrade leaves them. */
  public takeOver(older: SmallElasticsearch): void {
    for (const [name, index] of older.indices) this.indices.set(name, structuredClone(index));
    this.written = older.written;
  }

  public answer(
    method: string,
    url: string,
    text: string,
    headers: Readonly<Record<string, string>>,
  ): Answer {
    const { major } = this.options;
    const asked = /compatible-with=(\d+)/.exec(`${headers.accept} ${headers['content-type']}`)?.[1];
    if (asked !== undefined && Number(asked) !== major) {
      return failed(400, 'media_type_header_exception', `version [${asked}] is not supported by [${major}]`);
    }
    const [path, search = ''] = url.split('?');
    const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
    const parameters = new URLSearchParams(search);
    try {
      return this.route(method, parts, text, parameters);
    } catch (error) {
      return failed(400, 'parsing_exception', (error as Error).message);
    }
  }

  private put(index: string, id: string, source: Source): void {
    if (!this.indices.has(index)) this.indices.set(index, { mappings: {}, documents: new Map() });
    const { documents } = this.indices.get(index)!;
    documents.set(id, { source, order: ++this.written });
    for (const [beginning, most] of this.bounds) {
      const [oldest] = documents.keys();
      if (index.startsWith(beginning) && documents.size > most) documents.delete(oldest);
    }
  }

  private found(names: string): [string, Index][] {
    const patterns = names
      .split(',')
      .map((name) => new RegExp(`^${name.replace(/[.]/g, '\\.').replace(/\*/g, '.*')}$`));
    return [...this.indices].filter(([name]) => patterns.some((pattern) => pattern.test(name)));
  }

  private route(method: string, parts: readonly string[], text: string, parameters: URLSearchParams): Answer {
    const { major } = this.options;
    const [first = '', second = '', third = ''] = parts;
    const body = (): Record<string, unknown> =>
      text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    if (first === '') {
      const number = major === 9 ? '9.4.0' : '8.19.8';
      return ok({ name: 'one', cluster_name: 'test', version: { number, build_flavor: 'default' } });
    }
    if (first === '_cluster')
      return ok({ cluster_name: 'test', status: 'green', persistent: {}, defaults: {} });
    if (first === '_security') return this.security(parts, body);
    if (first === '_resolve') {
      const indices = this.found(third).map(([name]) => ({ name, attributes: ['open'] }));
      return ok({ indices, aliases: [], data_streams: [] });
    }
    if (first === '_bulk' || second === '_bulk') return this.bulk(first === '_bulk' ? '' : first, text);
    if (first === '_mget' || second === '_mget') return this.several(first === '_mget' ? '' : first, body());
    if (first === '_msearch' || second === '_msearch') return this.searches(text);
    if (first === '_pit') return ok({ succeeded: true, num_freed: 1 });
    if (first === '_search') return this.search(undefined, body());
    if (first.startsWith('_')) {
      return method === 'GET' || method === 'HEAD'
        ? failed(404, 'resource_not_found_exception', first)
        : ok({ acknowledged: true });
    }
    switch (second) {
      case '':
        return this.index(method, first, body);
      case '_doc':
      case '_create':
        return this.document(method, first, third, second === '_create', body);
      case '_pit':
        return this.missing(first, parameters) ?? ok({ id: first, _shards: { failed: 0 } });
      case '_search':
        return this.missing(first, parameters) ?? this.search(first, body());
      case '_count':
        return this.missing(first, parameters) ?? ok({ count: this.hits(first, body()).length, ...SHARDS });
      case '_field_caps':
        return this.missing(first, parameters) ?? this.fields(first);
      case '_mapping':
      case '_settings':
        return this.describe(method, first, second, body);
      case '_delete_by_query':
        for (const { index, id } of this.hits(first, body())) this.indices.get(index)?.documents.delete(id);
        return ok({ deleted: 0, failures: [], version_conflicts: 0 });
      case '_refresh':
      case '_update_by_query':
        return ok({ updated: 0, failures: [], version_conflicts: 0, ...SHARDS });
      default:
        return failed(400, 'illegal_argument_exception', `unknown request ${method} /${parts.join('/')}`);
    }
  }

  private missing(index: string, parameters: URLSearchParams): Answer | undefined {
    if (index.includes('*') || parameters.get('ignore_unavailable') === 'true') return undefined;
    return this.found(index).length > 0
      ? undefined
      : failed(404, 'index_not_found_exception', `no such index [${index}]`);
  }

  private security(parts: readonly string[], body: () => Record<string, unknown>): Answer {
    if (parts.includes('_authenticate')) return ok({ username: 'owner', roles: [] });
    if (parts.includes('grant')) return ok({ id: randomUUID(), name: 'key', api_key: 'secret' });
    if (!parts.includes('_has_privileges')) return ok({});
    const { index = [], cluster = [] } = body() as {
      index?: { names: string[]; privileges: string[] }[];
      cluster?: string[];
    };
    const allOf = (privileges: string[]) => Object.fromEntries(privileges.map((name) => [name, true]));
    const indices = index.flatMap(({ names, privileges }) => names.map((name) => [name, allOf(privileges)]));
    return ok({ has_all_requested: true, cluster: allOf(cluster), index: Object.fromEntries(indices) });
  }

  private index(method: string, name: string, body: () => Record<string, unknown>): Answer {
    const found = this.found(name);
    if (method === 'DELETE') {
      for (const [each] of found) this.indices.delete(each);
      return ok({ acknowledged: true });
    }
    if (method === 'PUT') {
      if (found.length > 0) return failed(400, 'resource_already_exists_exception', name);
      const { mappings = {} } = body() as { mappings?: Index['mappings'] };
      this.indices.set(name, { mappings, documents: new Map() });
      return ok({ acknowledged: true, shards_acknowledged: true, index: name });
    }
    if (found.length === 0 && !name.includes('*')) return failed(404, 'index_not_found_exception', name);
    return ok(Object.fromEntries(found.map(([each, { mappings }]) => [each, { mappings, aliases: {} }])));
  }

  private describe(method: string, name: string, what: string, body: () => Record<string, unknown>): Answer {
    const found = this.found(name);
    if (found.length === 0 && !name.includes('*')) return failed(404, 'index_not_found_exception', name);
    if (method !== 'GET') {
      if (what === '_mapping') {
        for (const [each, { documents }] of found) this.indices.set(each, { mappings: body(), documents });
      }
      return ok({ acknowledged: true });
    }
    return ok(
      Object.fromEntries(
        found.map(([each, { mappings }]) => [
          each,
          what === '_mapping' ? { mappings } : { settings: { index: {} } },
        ]),
      ),
    );
  }

  private document(
    method: string,
    index: string,
    id: string,
    isNew: boolean,
    body: () => Record<string, unknown>,
  ): Answer {
    const stored = this.indices.get(index)?.documents.get(id);
    if (method === 'GET' || method === 'HEAD') {
      if (!this.indices.has(index)) return failed(404, 'index_not_found_exception', index);
      return stored === undefined
        ? { status: 404, body: { _index: index, _id: id, found: false } }
        : ok({ _index: index, _id: id, found: true, _source: stored.source, ...REVISION(stored) });
    }
    if (isNew && stored !== undefined) return failed(409, 'version_conflict_engine_exception', id);
    if (method === 'DELETE') {
      this.indices.get(index)?.documents.delete(id);
      return ok({ result: 'deleted' });
    }
    this.put(index, id, body());
    return ok({ _index: index, _id: id, result: stored === undefined ? 'created' : 'updated', ...SHARDS });
  }

  private bulk(inPath: string, text: string): Answer {
    const lines = text.trim().split('\n');
    const items: object[] = [];
    let hasErrors = false;
    for (let line = 0; line < lines.length; line++) {
      const [[action, given]] = Object.entries(
        JSON.parse(lines[line]) as Record<string, { _index?: string; _id?: string; if_seq_no?: number }>,
      );
      const { _index: index = inPath, _id: id = String(this.written), if_seq_no: known } = given;
      const documents = this.indices.get(index)?.documents;
      if (action === 'delete') {
        documents?.delete(id);
        items.push({ delete: { _index: index, _id: id, status: 200, result: 'deleted' } });
        continue;
      }
      const source = JSON.parse(lines[++line]) as Source;
      const isOther = known !== undefined && documents?.get(id)?.order !== known;
      if (isOther || (action === 'create' && documents?.has(id))) {
        const error = { type: 'version_conflict_engine_exception', reason: 'it exists, or was changed' };
        items.push({ [action]: { _index: index, _id: id, status: 409, error } });
        hasErrors = true;
        continue;
      }
      this.put(index, id, action === 'update' ? ((source.upsert ?? source.doc ?? {}) as Source) : source);
      const stored = this.indices.get(index)?.documents.get(id) as Stored;
      items.push({
        [action]: { _index: index, _id: id, status: 201, result: 'created', ...REVISION(stored) },
      });
    }
    return ok({ took: 1, errors: hasErrors, items });
  }

  private several(inPath: string, body: Record<string, unknown>): Answer {
    const { docs, ids = [] } = body as { docs?: { _index?: string; _id: string }[]; ids?: string[] };
    const asked = docs ?? ids.map((_id) => ({ _id, _index: undefined }));
    return ok({
      docs: asked.map(({ _id, _index = inPath }) => {
        const stored = this.indices.get(_index)?.documents.get(_id);
        return stored === undefined
          ? { _index, _id, found: false }
          : { _index, _id, found: true, _source: stored.source, ...REVISION(stored) };
      }),
    });
  }

  private hits(
    index: string,
    { query }: { query?: unknown },
  ): { index: string; id: string; stored: Stored }[] {
    return this.found(index).flatMap(([name, { documents }]) =>
      [...documents]
        .filter(([id, { source }]) => matches(source, id, query as Query | undefined))
        .map(([id, stored]) => ({ index: name, id, stored })),
    );
  }

  private search(inPath: string | undefined, body: Record<string, unknown>): Answer {
    const {
      pit,
      size = 10,
      sort,
      search_after: after,
      aggs,
    } = body as {
      aggs?: Readonly<Record<string, Record<string, { field: string }>>>;
      pit?: { id: string };
      size?: number;
      sort?: (string | Record<string, unknown>)[];
      search_after?: unknown[];
    };
    const all = this.hits(pit?.id ?? inPath ?? '*', body);
    const keys = (sort ?? []).map((each): [field: string, sign: number] => {
      if (typeof each === 'string') return [each, 1];
      const [[field, given]] = Object.entries(each);
      const order = typeof given === 'string' ? given : (given as { order?: string }).order;
      return [field, order === 'desc' ? -1 : 1];
    });
    const sorted = all
      .map((hit) => ({
        ...hit,
        values: keys.map(([field]) => {
          if (field.startsWith('_')) return hit.stored.order;
          const [value] = fieldOf(hit.stored.source, field);
          return value === undefined ? null : comparable(value);
        }),
      }))
      .sort((left, right) => compare(left.values, right.values, keys));
    const rest =
      after === undefined ? sorted : sorted.filter(({ values }) => compare(values, after, keys) > 0);
    return ok({
      took: 1,
      timed_out: false,
      ...SHARDS,
      ...(pit && { pit_id: pit.id }),
      ...(aggs && { aggregations: boundsOf(aggs, all) }),
      hits: {
        total: { value: all.length, relation: 'eq' },
        max_score: null,
        hits: rest.slice(0, size).map(({ index, id, stored, values }) => ({
          _index: index,
          _id: id,
          _score: null,
          _source: stored.source,
          ...REVISION(stored),
          ...(values.length > 0 && { sort: values }),
        })),
      },
    });
  }

  private searches(text: string): Answer {
    const lines = text.trim().split('\n');
    const responses: object[] = [];
    for (let line = 0; line < lines.length; line += 2) {
      const { index } = JSON.parse(lines[line]) as { index?: string | string[] };
      const names = index === undefined ? '*' : String(index);
      const { status, body } = this.search(names, JSON.parse(lines[line + 1]) as Record<string, unknown>);
      responses.push({ ...body, status });
    }
    return ok({ took: 1, responses });
  }

  private fields(index: string): Answer {
    const found = this.found(index);
    const types = new Map<string, string>();
    for (const [, { mappings, documents }] of found) {
      const [example] = documents.values();
      const inferred = example === undefined ? [] : foundIn(example.source);
      for (const [name, type] of [...inferred, ...fieldsOf(mappings.properties ?? {})]) types.set(name, type);
    }
    const described = [...types].map(([name, type]) => [
      name,
      { [type]: { type, searchable: true, aggregatable: type !== 'text', metadata_field: false } },
    ]);
    return ok({ indices: found.map(([name]) => name), fields: Object.fromEntries(described) });
  }
}

/** Least and largest values; other aggregations are left out. */
function boundsOf(
  aggs: Readonly<Record<string, Record<string, { field: string }>>>,
  hits: readonly { readonly stored: Stored }[],
): object {
  const bounds = { min: Math.min, max: Math.max } as const;
  return Object.fromEntries(
    Object.entries(aggs).flatMap(([name, body]) => {
      const [kind] = Object.keys(body);
      if (kind !== 'min' && kind !== 'max') return [];
      const values = hits.flatMap(({ stored }) => fieldOf(stored.source, body[kind].field)).map(comparable);
      return [[name, { value: values.length === 0 ? null : values.reduce((a, b) => bounds[kind](a, b)) }]];
    }),
  );
}

const SHARDS = { _shards: { total: 1, successful: 1, skipped: 0, failed: 0 } };
const REVISION = ({ order }: Stored) => ({ _seq_no: order, _primary_term: 1, _version: 1 });

function compare(
  left: readonly unknown[],
  right: readonly unknown[],
  keys: readonly (readonly [string, number])[],
): number {
  for (let place = 0; place < Math.min(keys.length, right.length); place++) {
    const difference = comparable(left[place] ?? -Infinity) - comparable(right[place] ?? -Infinity);
    if (difference !== 0 && !Number.isNaN(difference)) return difference * keys[place][1];
  }
  return 0;
}
