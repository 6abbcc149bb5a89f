/**
 * Contracts of Kibana's browser side around pages and panels, as strict as the real ones: what a Kibana of these facts refuses, or
 * fails at in silence, throws here. Each was written from reading the source that SOURCES of facts.ts names.
 */
import { schema } from './config_schema';
import type { KibanaFacts } from './facts';

/** A page among those viewed last, as the navigation lists it. */
export interface RecentPage {
  readonly link: string;
  readonly label: string;
  readonly id: string;
}

/**
 * @param basePath base path and space, which the navigation puts before each link
 * @throws Error for a link that would lead elsewhere, or an entry that shows nothing
 */
export function checkRecentPage({ link, label, id }: RecentPage, basePath: string): void {
  if (!link.startsWith('/app/')) throw new Error(`The link ${link} leads to no application.`);
  if (basePath !== '' && link.startsWith(`${basePath}/`)) throw new Error(`${link} holds the base path.`);
  if (label.trim() === '' || id === '') throw new Error(`The page ${link} has no label or no id.`);
}

const text = schema.maybe(schema.string({ minLength: 1 }));
const flag = schema.maybe(schema.boolean());
/** Options of a flyout, of those that versions before and after `session` share. */
const flyoutSchema = schema.object({
  size: schema.maybe(schema.oneOf(['s', 'm', 'l'].map((size) => schema.literal(size)))),
  type: schema.maybe(schema.oneOf(['overlay', 'push'].map((type) => schema.literal(type)))),
  ownFocus: flag,
  hideCloseButton: flag,
  maxWidth: schema.maybe(schema.any()),
  onClose: schema.maybe(schema.any()),
  session: schema.maybe(schema.literal('never')),
  className: text,
  'aria-label': text,
  'aria-labelledby': text,
  'data-test-subj': text,
});

/** @throws Error for what the service of overlays cannot draw */
export function checkFlyout(mount: unknown, options: unknown = {}): void {
  if (typeof mount !== 'function') throw new Error('A flyout is drawn by a function.');
  flyoutSchema.validate(options);
}

/** Content types whose objects a panel may ask for, with the newest version of each. */
const CONTENT_TYPES: Readonly<Record<string, number>> = { visualization: 1 };
const contentQuery = schema.object({
  contentTypeId: schema.string(),
  id: schema.string({ minLength: 1 }),
  version: schema.maybe(schema.number({ min: 1 })),
  options: schema.maybe(schema.recordOf(schema.string(), schema.any())),
});

/** @throws Error for a type that is not registered, a version that there is not yet, or an object that there is not */
export function getContent(query: unknown, library: ReadonlyMap<string, object>): object {
  const { contentTypeId, id, version } = contentQuery.validate(query);
  const newest = CONTENT_TYPES[String(contentTypeId)];
  if (newest === undefined) throw new Error(`Unknown content type [${String(contentTypeId)}]`);
  if (Number(version ?? newest) > newest) throw new Error(`Latest version is [${newest}]`);
  const attributes = library.get(String(id));
  if (attributes === undefined) throw new Error(`Saved object [${contentTypeId}/${id}] not found`);
  return { item: { id, type: contentTypeId, attributes, references: [] }, meta: { outcome: 'exactMatch' } };
}

/** Members that Kibana itself gives a panel. */
const GIVEN_BY_KIBANA = ['uuid', 'type', 'parentApi', 'phase$', 'hasLockedHoverActions$', 'lockHoverActions'];
const STATE_FUNCTIONS = ['serializeState', 'applySerializedState'];
const STATE_OBSERVABLES = ['anyStateChange$', 'latestState$', 'hasUnsavedChanges$'];

/** @throws Error for a panel whose dashboard could not save it, take its changes back or open its editor */
export function checkPanelApi(api: Readonly<Record<string, unknown>>): void {
  const given = GIVEN_BY_KIBANA.filter((name) => name in api);
  if (given.length > 0) throw new Error(`A panel does not give itself ${given.join()}.`);
  const isObservable = (value: unknown): boolean =>
    typeof (value as { subscribe?: unknown } | undefined)?.subscribe === 'function';
  const missing = [
    ...STATE_FUNCTIONS.filter((name) => typeof api[name] !== 'function'),
    ...STATE_OBSERVABLES.filter((name) => !isObservable(api[name])),
  ];
  if (missing.length > 0) throw new Error(`A panel has no ${missing.join()}.`);
  if ('isEditingEnabled' in api && typeof api.onEdit !== 'function') {
    throw new Error('A panel that can be edited has onEdit.');
  }
  for (const trigger of (api.supportedTriggers as (() => string[]) | undefined)?.() ?? []) {
    if (!/^on_[a-z_]+$/.test(trigger)) throw new Error(`No trigger [triggerId = ${trigger}] exists`);
  }
}

const ruleFormSchema = schema.object({
  consumer: schema.string({ minLength: 1 }),
  ruleTypeId: text,
  canChangeTrigger: flag,
  initialValues: schema.maybe(schema.recordOf(schema.string(), schema.any())),
  onClose: schema.any(),
});

/** @throws Error for what the form for a new rule, up to 8.17, cannot be opened with */
export function checkRuleForm(properties: unknown): void {
  const { onClose } = ruleFormSchema.validate(properties);
  if (typeof onClose !== 'function') throw new Error('The form for a rule is closed by onClose.');
}

/** Parameters of Discover's locator, of those that all versions have. */
const locatorSchema = schema.object({
  savedSearchId: text,
  dataViewId: text,
  dataViewSpec: schema.maybe(
    schema.object({
      id: text,
      title: schema.string({ minLength: 1 }),
      name: text,
      timeFieldName: text,
      allowHidden: flag,
    }),
  ),
  timeRange: schema.maybe(schema.object({ from: schema.string(), to: schema.string() })),
  query: schema.maybe(
    schema.object({
      query: schema.string(),
      language: schema.oneOf(['kuery', 'lucene'].map((each) => schema.literal(each))),
    }),
  ),
  filters: schema.maybe(schema.arrayOf(schema.any())),
  columns: schema.maybe(schema.arrayOf(schema.string())),
});

/** Pages that somebody sees who follows a link to Discover. */
export type SeenInDiscover = 'logs' | 'page to make a data view' | 'application not found';

/**
 * @param link path with base path and space, or a whole address
 * @param around base path and space; data views of the space; false where the role of who follows it lacks Discover
 * @throws Error as Kibana's redirect does for a link that it cannot read
 */
export function followToDiscover(
  link: string,
  { discoverTakesViews, version }: KibanaFacts,
  around: { readonly basePath: string; readonly dataViews: number; readonly maySee: boolean },
): SeenInDiscover {
  const { pathname, searchParams } = new URL(link, 'https://kibana.test');
  if (pathname !== `${around.basePath}/app/r`) throw new Error(`${pathname} is no redirect of this space.`);
  if (searchParams.get('l') !== 'DISCOVER_APP_LOCATOR') throw new Error('Locator does not exist.');
  if (searchParams.get('v') !== version) throw new Error('Locator params version not specified.');
  const { dataViewSpec } = locatorSchema.validate(JSON.parse(searchParams.get('p') ?? ''));
  if (!around.maySee) return 'application not found';
  const isOpen = around.dataViews > 0 || (discoverTakesViews && dataViewSpec !== undefined);
  return isOpen ? 'logs' : 'page to make a data view';
}
