import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const scripts = Object.keys(
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object }).scripts,
);

describe.each(['CONTRIBUTING.md', 'README.md'])('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const all = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found);

  it('names files and folders that exist', () => {
    const named = [
      ...all(/`((?:common|server|public|scripts|test|docs|translations)\/[\w./-]*)`/g),
      ...all(/\]\((?!https?:)([^)#]+)[^)]*\)/g),
      ...all(/npx jest (\S+)/g),
    ];
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('names commands that package.json has', () => {
    const named = all(/npm run ([\w:-]+)/g);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });
});
