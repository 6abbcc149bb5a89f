/** Settings that the server passes to the page, see host_server.ts. */
export interface HostSettings {
  readonly locale: string;
  /** Translations of that language by message id; none for English. */
  readonly messages: Readonly<Record<string, string>>;
  readonly isDark: boolean;
  /** Prefix of all paths of a space, e.g. `/s/shop`. */
  readonly basePath: string;
  /** Kibana's advanced settings, by key, as far as they differ from the defaults. */
  readonly uiSettings?: Readonly<Record<string, unknown>>;
  readonly capabilities: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
}

export const HOST_SETTINGS_ID = 'host-settings';

export const hostSettings: HostSettings =
  typeof document === 'undefined'
    ? { locale: 'en', messages: {}, isDark: false, basePath: '', capabilities: {} }
    : (JSON.parse(document.getElementById(HOST_SETTINGS_ID)?.textContent ?? '{}') as HostSettings);
