import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SOURCES, type Source } from './facts';

/** For each table of facts, the beginning of the name of the test that breaks its contract on purpose. */
const BROKEN: Readonly<Record<Source['of'], string>> = {
  manifest: 'of the manifest',
  version: 'of versions: a manifest of another Kibana',
  ruleTypes: 'of features: rule types in the form of another version',
  routeSecurity: 'of routes: protected by tags alone',
  modelVersionSchemas: 'of saved objects: no schema from 9.3 on',
  filterTrigger: 'of triggers: names of before 9.4',
  hasAsyncActions: 'of what loads later: another type than its name says, actions of before 8.18',
  hasAsyncVisualizations: 'of what loads later: another type than its name says',
  panels: 'of panels: a schema of the other library',
  migratesPanels: 'of migrations of panels: registered twice',
  hasRuleFlyout: 'of the form for a new rule',
  discoverTakesViews: 'of links to Discover',
  rendersItself: 'of the context of Kibana',
  hasSolutions: 'of solutions: a feature that spaces of some lack',
  react: 'of their versions: pages drawn with what no Kibana lends',
  searchClient: 'of the client of Elasticsearch',
  loadsBundlesEverywhere: 'is caught where it evaluates the plugin at once',
  application: 'of applications: one that cannot be taken away',
  tasks: 'of tasks',
  rule_types: 'of rule types',
  rule_services: 'of services of rules',
  rule_access: 'of who may do what with rules',
  security: 'of security: a key without a role',
  status: 'of the status',
  encrypted_saved_objects: 'of encrypted saved objects',
  upgrade: 'of upgrades: a Kibana that is started without the plugin',
  panel_state: 'of the state of panels',
  recent_pages: 'of recently viewed pages',
  overlays: 'of overlays',
  content_management: 'of content management',
  discover: 'of links to Discover',
};

const names = readdirSync(__dirname)
  .filter((file) => file.endsWith('.test.ts') && file !== 'broken_contracts.test.ts')
  .flatMap((file) =>
    [...readFileSync(join(__dirname, file), 'utf8').matchAll(/^ {2}it\('([^']+)'/gm)].map(([, name]) => name),
  );

it('breaks the contract of each table on purpose', () => {
  expect(new Set(SOURCES.map(({ of }) => of))).toEqual(new Set(Object.keys(BROKEN)));
  for (const [table, name] of Object.entries(BROKEN)) {
    expect([table, names.some((each) => each.startsWith(name))]).toEqual([table, true]);
  }
});
