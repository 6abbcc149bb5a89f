import { z } from 'zod';
import { PANEL_KINDS, panelTypeOf } from '../../../common/panels';
import { schema, type Type } from '../../../test/kibana_versions/config_schema';
import type {
  DrilldownTransforms,
  EmbeddableServerDefinition,
  EmbeddableServerSetup,
  ObjectSchema,
  PanelTypeMigration,
} from './panel_contracts';
import { registerPanels } from './register_panels';

function registered(version: string, hasMigrations = true) {
  const definitions = new Map<string, EmbeddableServerDefinition>();
  const migrations: PanelTypeMigration[] = [];
  const embeddable: EmbeddableServerSetup = {
    registerEmbeddableServerDefinition: (type, definition) => void definitions.set(type, definition),
    ...(hasMigrations && { registerPanelTypeMigration: (migration) => void migrations.push(migration) }),
  };
  registerPanels(embeddable, version, { schema: schema, loadZod: () => ({ z }) });
  return { definitions, migrations };
}

const drilldownsOf: Readonly<Record<string, () => ObjectSchema>> = {
  '9.4.3': () => schema.object({ drilldowns: schema.maybe(schema.arrayOf(schema.any())) }),
  '9.6.0': () => z.object({ drilldowns: z.array(z.unknown()).optional() }),
};
const noDrilldowns = (): ObjectSchema => {
  throw new Error('Supported triggers do not intersect with registered drilldowns.');
};

/** Reads a panel as the Dashboards API does, with the library of that version. */
function reader(version: string, getDrilldowns: () => ObjectSchema) {
  const definition = registered(version).definitions.get('log_anomalies_table') as EmbeddableServerDefinition;
  const made = definition.getSchema(getDrilldowns) as Type & { parse(given: unknown): unknown };
  return (given: object): unknown => (version === '9.4.3' ? made.validate(given) : made.parse(given));
}

describe.each(['9.4.3', '9.6.0'])('the schema of a panel in Kibana %s', (version) => {
  describe.each([
    ['with drilldowns', drilldownsOf[version]],
    ['without', noDrilldowns],
  ])('%s', (_name, getDrilldowns) => {
    const read = reader(version, getDrilldowns);
    const frame = { title: 'T', description: 'D', hide_title: true, hide_border: false };

    it('takes a panel by value and one by reference', () => {
      for (const panel of [
        {},
        { ...frame, detector_id: 'd', min_severity: 'major', lane_by: 'detector', limit: 5 },
        { entity: 'shop', feature: 'response_time' },
        { ...frame, time_range: { from: 'now-1h', to: 'now' }, ref_id: 'saved' },
      ]) {
        expect(read(panel)).toEqual(panel);
      }
    });

    it.each([
      [{ limit: 0 }],
      [{ limit: 101 }],
      [{ min_severity: 'awful' }],
      [{ detectorId: 'd' }],
      [{ entity: 'e'.repeat(257) }],
      [{ feature: 'f'.repeat(201) }],
      [{ ref_id: '' }],
      [{ ref_id: 'saved', limit: 5 }],
      [{ time_range: { from: 'now-1h' } }],
    ])('refuses %j', (panel) => {
      expect(() => read(panel)).toThrow();
    });
  });

  it('takes drilldowns where Kibana has some that fit', () => {
    const panel = { drilldowns: [{ type: 'url' }] };
    expect(reader(version, drilldownsOf[version])(panel)).toEqual(panel);
    expect(() => reader(version, noDrilldowns)(panel)).toThrow();
  });
});

const drilldowns: DrilldownTransforms = {
  transformIn: (state) => ({ state, references: [{ name: 'drilldown', type: 'dashboard', id: 'b' }] }),
  transformOut: (state) => ({ ...state, seen: true }),
};

it('stores the library as a reference, and reads it back', () => {
  const { transformIn, transformOut } = (
    registered('9.4.3').definitions.get('log_anomalies_table') as EmbeddableServerDefinition
  ).getTransforms(drilldowns);
  const { state, references } = transformIn({ ref_id: 'saved', title: 'T' });
  expect(state).toEqual({ title: 'T' });
  expect(references).toEqual([
    { name: 'drilldown', type: 'dashboard', id: 'b' },
    { name: 'savedObjectRef', type: 'visualization', id: 'saved' },
  ]);
  expect(transformOut(state, references)).toEqual({ title: 'T', seen: true, ref_id: 'saved' });
  expect(transformOut({ limit: 5 }, [])).toEqual({ limit: 5, seen: true });
});

it('takes over our visualizations, each by its own kind, where Kibana can', () => {
  const { migrations } = registered('9.6.0');
  expect(migrations.map(({ from, to }) => [from, to])).toEqual(
    PANEL_KINDS.map((kind) => ['legacy_vis', panelTypeOf(kind)]),
  );
  const panels = [
    { id: '1', config: { savedVis: { type: 'log_anomalies_table', params: { limit: 5 } }, title: 'T' } },
    { id: '2', config: { savedVis: { type: 'metric', params: {} } } },
    { id: '3', config: { ref_id: 'unknown' } },
  ];
  expect(migrations.flatMap(({ migrateOut }) => migrateOut(panels))).toEqual([
    { panelId: '1', config: { limit: 5, title: 'T' } },
  ]);
});

it('registers nothing where Kibana has no such API', () => {
  expect(() => registerPanels(undefined, '8.12.2', { schema: schema, loadZod: jest.fn() })).not.toThrow();
  expect(() => registerPanels({}, '9.3.0', { schema: schema, loadZod: jest.fn() })).not.toThrow();
  expect(registered('9.4.3', false).migrations).toEqual([]);
});
