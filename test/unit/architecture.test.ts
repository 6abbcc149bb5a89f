import { isBuiltin } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Imports that each part may have besides itself; the first prefix that fits decides. Tests beside the code are free. */
const ALLOWED: readonly (readonly [part: string, allowed: readonly string[]])[] = [
  ['common', []],
  ['server/detection', ['common']],
  ['server/elasticsearch', ['common', 'server/detection']],
  ['server/notifications', ['common', 'server/detection']],
  ['server', ['common', 'server']],
  ['public', ['common']],
];

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'kernel' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.(test|wasm|d)\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const importsOf = (file: string): string[] =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import|import\()\s*'([^']+)'/g)].map(
    (match) => match[1],
  );

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
        .flatMap(sources)
        .flatMap(importsOf)
        .filter((name) => /^[\w@][\w@./-]*$/.test(name) && !isBuiltin(name) && !name.startsWith('@kbn/'))
        .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
    const onServer = packagesOf('common', 'server');
    const imported = [...onServer, ...packagesOf('scripts')];
    expect(onServer.filter((name) => dependencies[name] === undefined)).toEqual([]);
    expect(Object.keys(dependencies).filter((name) => !imported.includes(name))).toEqual([]);
  });
});
