jest.mock('@elastic/eui', () => ({ ICON_TYPES: [] }));
jest.mock(
  '@kbn/i18n',
  () => ({
    i18n: { translate: (_id: string, { defaultMessage }: { defaultMessage: string }) => defaultMessage },
  }),
  { virtual: true },
);

import type { CoreStart } from '../kibana/contracts';
import type { AddPanelAction, EmbeddableStart, UiActionsStart } from '../kibana/panel_contracts';
import { listsVisualizations, registerAddPanelActions } from './add_panel_actions';
import { PANEL_KINDS } from '../../common/panels';

const coreOf = (show: boolean): CoreStart =>
  ({ application: { capabilities: { logAnomalies: { show } } } }) as unknown as CoreStart;

/** Returns the entries of the menu after registration, and the address that its editor was opened at. */
async function menuOf(kibanaVersion: string, show = true) {
  const loads: (() => Promise<AddPanelAction>)[] = [];
  const opened: unknown[] = [];
  const uiActions: UiActionsStart = {
    addTriggerActionAsync: (trigger, id, load) => {
      expect(trigger).toBe('ADD_PANEL_TRIGGER');
      expect(id).toMatch(/^logAnomalies\.add\./);
      loads.push(load as () => Promise<AddPanelAction>);
    },
  };
  const embeddable: EmbeddableStart = {
    getStateTransfer: () => ({ navigateToEditor: async (...target) => void opened.push(target) }),
  };
  registerAddPanelActions(coreOf(show), { uiActions, embeddable }, kibanaVersion);
  return { actions: await Promise.all(loads.map((load) => load())), opened };
}

it.each([
  ['8.12.2', true],
  ['8.18.8', true],
  ['8.19.0', false],
  ['9.0.8', true],
  ['9.1.0', false],
  ['9.5.4', false],
  ['10.0.0', false],
])('Kibana %s lists visualizations in its menu of panels: %s', (version, expected) => {
  expect(listsVisualizations(version)).toBe(expected);
});

it('adds nothing where Kibana lists the panels by itself', async () => {
  expect((await menuOf('8.12.2')).actions).toEqual([]);
});

it('adds each panel once elsewhere, which opens in the editor and comes back to the dashboard', async () => {
  const { actions, opened } = await menuOf('9.5.4');
  expect(new Set(actions.map(({ id }) => id)).size).toBe(PANEL_KINDS.length);
  const [first] = actions;
  expect(first.getDisplayName()).toBe('Log anomalies: incidents');
  expect(await first.isCompatible()).toBe(true);
  await first.execute({
    embeddable: { getAppContext: () => ({ currentAppId: 'dashboards', getCurrentPath: () => '#/view/one' }) },
  });
  await first.execute({});
  const path = '#/create?type=log_anomalies_incidents';
  expect(opened).toEqual([
    ['visualize', { path, state: { originatingApp: 'dashboards', originatingPath: '#/view/one' } }],
    ['visualize', { path, state: { originatingApp: '' } }],
  ]);
});

it('offers nothing to people who may not see Log Anomalies', async () => {
  const [first] = (await menuOf('9.5.4', false)).actions;
  expect(await first.isCompatible()).toBe(false);
});

it('lets Kibana start when it has no such menu', () => {
  const uiActions: UiActionsStart = {
    addTriggerActionAsync: () => {
      throw new Error('No trigger [triggerId = ADD_PANEL_TRIGGER] exists');
    },
  };
  const embeddable = { getStateTransfer: () => ({ navigateToEditor: async () => undefined }) };
  expect(() => registerAddPanelActions(coreOf(true), { uiActions, embeddable }, '9.5.4')).not.toThrow();
  expect(() => registerAddPanelActions(coreOf(true), {}, '9.5.4')).not.toThrow();
});
