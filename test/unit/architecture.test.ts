import { isBuiltin } from 'node:module';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Parts that each part may import besides itself; the first prefix that fits decides. Tests beside the code are free. */
const ALLOWED: readonly (readonly [part: string, allowed: readonly string[]])[] = [
  ['common', []],
  ['server/detection', ['common']],
  ['server/notifications', ['common', 'server/detection']],
  ['server/elasticsearch', ['common', 'server/detection', 'server/notifications']],
  ['server/kibana', ['common', 'server/detection', 'server/elasticsearch', 'server/notifications']],
  ['server', ['common', 'server']],
  ['public', ['common']],
  // The reference of settings is made of the schemas of Kibana's settings.
  [
    'scripts/program',
    ['scripts', 'common', 'server/kibana/limits', 'server/kibana/contracts', 'package.json'],
  ],
  // It asks the threads of Kibana's own code.
  ['scripts/bench/hostile', ['scripts', 'common', 'server', 'test/unit']],
  ['scripts', ['common', 'server/detection', 'server/elasticsearch', 'server/notifications', 'package.json']],
];

/** Folders of each part, the lowest first: a folder imports only from those that stand before it, so there is no cycle of folders. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  common: [
    ...[
      '',
      'linear_regex',
      'isolation_forest/forest',
      'isolation_forest/growing',
      'isolation_forest/scoring',
    ],
    ...['isolation_forest/learning', 'isolation_forest/codec', 'isolation_forest', 'detector', 'anomaly'],
    ...['log_features/columns', 'log_features/fields', 'log_features/category', 'log_features/time'],
    ...['log_features/number', 'log_features/text', 'log_features/template', 'log_features/events'],
    'log_features/encoding',
    ...[
      'log_features/suggesting',
      'log_features',
      'changes',
      'findings',
      'evaluation',
      'threshold',
      'drift',
      'sentences',
      'explanations',
    ],
    ...[
      'suppressions',
      'annotations',
      'incidents',
      'patterns',
      'model_snapshot',
      'buckets',
      'scanning',
      'rules',
      'api',
      'painless',
      'log_parsing/parts',
      'log_parsing/access',
      'log_parsing/tables',
      'log_parsing',
      'demo_logs',
    ],
    ...['panels', 'dashboards'],
  ],
  'server/detection': [
    ...[
      'ports',
      'audit',
      'incidents',
      'workers',
      'decoding',
      'scoring',
      'changes',
      'annotations',
      'patterns',
      'feedback',
      'promotion',
      'training',
      'upkeep',
    ],
    ...['evaluation_report'],
  ],
  'server/elasticsearch': [
    ...[
      'transport',
      'indices',
      'logs',
      'buckets',
      'results',
      'annotations',
      'incidents',
      'patterns',
      'stores',
      'ingest',
      'upgrade',
      'scanning',
      '',
    ],
  ],
  'server/kibana': [
    ...[
      'limits',
      'contracts',
      'keys',
      'records',
      'models',
      'tasks',
      'detectors',
      'results',
      'rules',
      'exchange',
      'panels',
    ],
    ...['routes', ''],
  ],
  public: [
    ...['kibana', 'shared/values', 'shared/app', 'shared/charts', 'shared/requests', 'shared/results'],
    ...[
      'shared/layout',
      'shared/detector',
      'shared/incidents',
      'panels/drawing',
      'panels',
      'panels/native',
      'rule_form',
      'pages/audit',
      'pages/calendar',
      'pages/changes',
      'pages/feedback',
    ],
    ...[
      'pages/anomalies',
      'pages/incidents',
      'pages/detector_form/draft',
      'pages/detector_form/features',
      'pages/detector_form',
    ],
    ...[
      'pages/jobs',
      'pages/models',
      'pages/patterns',
      'pages/overview',
      'pages/scan',
      'pages/settings',
      'pages/what_if',
      'pages',
      '',
    ],
  ],
  scripts: [
    ...[
      'local_elasticsearch',
      'real_logs',
      'log_lines',
      'command_line',
      'calendar',
      'detectors_as_files',
      'following',
      'commands',
      'program',
      'build',
    ],
    ...[
      'bench/traffic',
      'bench',
      'bench/hostile',
      'bench/sessions',
      'bench/patterns',
      'bench/changes',
      'bench/pattern_costs',
      'demo',
      '',
    ],
  ],
};

/** Exports of these are called by Kibana, by the compiler of the kernel, or by name. */
const ENTRIES = [
  /^(server|public)\/index\.ts$/,
  /^server\/config\.ts$/,
  /^scripts\/bench\/(\w+|\w+\/index)\.ts$/,
];

const MOST_FILES = 20;
/** One file a command. */
const AS_MANY_AS_IT_TAKES = ['scripts/commands'];

const SOURCE = /^(?!.*\.(test|wasm|d)\.tsx?$).*\.tsx?$/;

/** @param kind of files; default: those that are built, tests and declarations are not */
function sources(folder: string, kind = SOURCE): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['kernel', 'node_modules'].includes(entry.name) ? [] : sources(path, kind);
    return kind.test(entry.name) ? [path] : [];
  });
}

const importsOf = (file: string): string[] =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import|import\()\s*'([^']+)'/g)].map(
    (match) => match[1],
  );

function fileOf(name: string, from: string): string | undefined {
  const path = relative(ROOT, resolve(ROOT, dirname(from), name));
  const places = ['.ts', '.tsx', '/index.ts', '/index.tsx', '.d.ts'].map((ending) => `${path}${ending}`);
  return places.find((place) => existsSync(join(ROOT, place)));
}

/** Sources that a source imports, by their paths from the root. */
const importedFiles = (file: string): string[] =>
  importsOf(file)
    .filter((name) => name.startsWith('.'))
    .flatMap((name) => fileOf(name, file) ?? []);

const namesIn = (list: string): { name: string; as: string; isType: boolean }[] =>
  list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const [name, as = name] = each.replace(/^type\s+/, '').split(/\s+as\s+/);
      return { name, as, isType: each.startsWith('type ') };
    });

/** Names that a file imports or hands on, as `file: name`; of a module that is imported as a whole all of them. */
function importedNames(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const named = /(?:import|export)\s+(?:type\s+)?(?:\w+\s*,\s*)?\{([^}]*)\}\s*from\s*'(\.[^']*)'/g;
  const whole = /(?:export\s*\*\s*from|import\s*\*\s*as\s+\w+\s*from|import\(|require\()\s*'(\.[^']*)'/g;
  return [
    ...[...text.matchAll(named)].flatMap(([, list, from]) =>
      namesIn(list).map(({ name }) => `${fileOf(from, file)}: ${name}`),
    ),
    ...[...text.matchAll(whole)].flatMap(([, from]) => {
      const target = fileOf(from, file);
      return target === undefined ? [] : exportedNames(target).map((name) => `${target}: ${name}`);
    }),
  ];
}

/** Values that a file exports. Types are no matter: they belong to the signatures of functions. */
function exportedNames(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const declared = /^export (?:async )?(?:abstract )?(?:function\*?|const(?! enum)|let|class|enum) (\w+)/gm;
  const listed = /^export (type )?\{([^}]*)\}/gm;
  return [
    ...[...text.matchAll(declared)].map(([, name]) => name),
    ...[...text.matchAll(listed)].flatMap(([, type, list]) =>
      type === undefined ? namesIn(list).flatMap(({ as, isType }) => (isType ? [] : as)) : [],
    ),
  ];
}

/** Sets of files that import each other, each sorted (strongly connected components by Tarjan, 1972). */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    open.push(file);
    for (const target of imports.get(file) ?? []) {
      if (!imports.has(target)) continue;
      if (!order.has(target)) visit(target);
      if (open.includes(target)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const circle = open.splice(open.indexOf(file));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles;
}

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

describe('dependencies point one way', () => {
  it.each(ALLOWED)('%s imports only itself and %j', (part, allowed) => {
    const wrong = sources(part)
      .filter((file) => ALLOWED.find(([prefix]) => isWithin(file, prefix))![0] === part)
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => name.startsWith('.'))
          .map((name) => relative(ROOT, resolve(ROOT, dirname(file), name)))
          .filter((target) => ![part, ...allowed].some((folder) => isWithin(target, folder)))
          .map((target) => `${file} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(FOLDERS))('folders of %s import only those below them', (part, order) => {
    const folderOf = (file: string): string => relative(part, dirname(file));
    const files = sources(part);
    expect([...new Set(files.map(folderOf))].filter((folder) => !order.includes(folder))).toEqual([]);
    const wrong = files.flatMap((file) =>
      importedFiles(file)
        .filter((target) => isWithin(target, part))
        .filter((target) => order.indexOf(folderOf(target)) > order.indexOf(folderOf(file)))
        .map((target) => `${file} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('no files import each other in a circle', () => {
    const files = ['common', 'server', 'public', 'scripts'].flatMap((folder) => sources(folder));
    expect(circlesOf(new Map(files.map((file) => [file, importedFiles(file)])))).toEqual([]);
    // The search itself finds one.
    const circle = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', []],
    ]);
    expect(circlesOf(circle)).toEqual([['a', 'b', 'c']]);
  });

  it(`no folder holds more than ${MOST_FILES} sources`, () => {
    const counts = new Map<string, number>();
    for (const file of ['common', 'server', 'public', 'scripts'].flatMap((folder) => sources(folder))) {
      counts.set(dirname(file), 1 + (counts.get(dirname(file)) ?? 0));
    }
    const crowded = [...counts].filter(
      ([folder, count]) => count > MOST_FILES && !AS_MANY_AS_IT_TAKES.includes(folder),
    );
    expect(crowded).toEqual([]);
  });

  it('every function, class and constant that is exported is imported by another file', () => {
    const everything = ['common', 'server', 'public', 'scripts'].flatMap((part) => sources(part, /\.tsx?$/));
    const asking = [...everything, ...sources('test', /\.tsx?$/)];
    const imported = new Set(asking.flatMap(importedNames));
    const unused = everything
      .filter((file) => !/\.test\.tsx?$/.test(file) && !ENTRIES.some((entry) => entry.test(file)))
      .flatMap((file) => exportedNames(file).map((name) => `${file}: ${name}`))
      .filter((name) => !imported.has(name));
    expect(unused).toEqual([]);
  });

  it('requests to Elasticsearch are sent by server/elasticsearch alone', () => {
    const request =
      /\b(?:client|elasticsearch|asCurrentUser|asInternalUser)\s*\.\s*(?:search|msearch|count|get|mget|index|create|update|bulk|delete|deleteByQuery|updateByQuery|reindex|openPointInTime|fieldCaps|indices|ingest|security|cluster|tasks|nodes|cat|transport)\b|\battempt\(/;
    const sends = (file: string): boolean => request.test(readFileSync(join(ROOT, file), 'utf8'));
    const wrong = ['server', 'public', 'scripts/command_line', 'scripts/commands', 'scripts/program']
      .flatMap((folder) => sources(folder))
      .filter((file) => !isWithin(file, 'server/elasticsearch') && sends(file));
    expect(wrong).toEqual([]);
    expect(sources('server/elasticsearch').filter(sends).length).toBeGreaterThan(20);
  });

  it('common is pure: no Node module, no Kibana', () => {
    const wrong = sources('common').flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('node:') || name.startsWith('@kbn/') || name === 'fs')
        .map((name) => `${file} -> ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('Kibana packages are named by server/config.ts, server/plugin.ts and, of those that Kibana lends to every page, by public', () => {
    const lent = /^@kbn\/(i18n|i18n-react|datemath|es-query)$/;
    const wrong = [...sources('server'), ...sources('public')].filter(
      (file) =>
        !['server/config.ts', 'server/plugin.ts'].includes(file) &&
        importsOf(file).some(
          (name) => name.startsWith('@kbn/') && !(file.startsWith('public/') && lent.test(name)),
        ),
    );
    expect(wrong).toEqual([]);
  });

  it('packages of the server side, and no others, are those that an install without development brings', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const packagesOf = (...folders: string[]): string[] =>
      folders
        .flatMap((folder) => sources(folder))
        .flatMap(importsOf)
        .filter((name) => /^[\w@][\w@./-]*$/.test(name) && !isBuiltin(name) && !name.startsWith('@kbn/'))
        .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
    const onServer = packagesOf('common', 'server');
    const imported = [...onServer, ...packagesOf('scripts')];
    expect(onServer.filter((name) => dependencies[name] === undefined)).toEqual([]);
    expect(Object.keys(dependencies).filter((name) => !imported.includes(name))).toEqual([]);
  });
});
