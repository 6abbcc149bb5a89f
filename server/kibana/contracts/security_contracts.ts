/** Slices of the security plugin's start contract. Source: x-pack/plugins/security/server/plugin.ts, authentication/api_keys. */

export interface GrantedApiKey {
  readonly id: string;
  readonly name: string;
  readonly api_key: string;
}

export interface ApiKeys {
  areAPIKeysEnabled(): Promise<boolean>;
  /** @returns null where security is switched off */
  grantAsInternalUser(
    request: unknown,
    parameters: { name: string; expiration?: string; role_descriptors: object; metadata: object },
  ): Promise<GrantedApiKey | null>;
  invalidateAsInternalUser(parameters: { ids: string[] }): Promise<{ error_count?: number } | null>;
}

/** Source: x-pack/plugins/security/common/model/authenticated_user.ts. */
export interface AuthenticatedUser {
  readonly username: string;
  /** Of a request with an API key: name and type `_es_api_key`. */
  readonly authentication_realm?: { readonly name: string; readonly type: string };
}

export interface SecurityStart {
  readonly authc: {
    readonly apiKeys: ApiKeys;
    getCurrentUser(request: unknown): AuthenticatedUser | null;
  };
}

/** Source: src/core packages/logging. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
