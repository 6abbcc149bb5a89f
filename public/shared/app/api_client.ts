import {
  ENDPOINTS,
  type ApiCall,
  type ApiResponse,
  type Endpoint,
  type Endpoints,
  type Operation,
} from '../../../common/api';
import type { CodedSentence } from '../../../common/coded_sentence';
import type { HttpSetup } from '../../kibana/contracts';
import { failureSentence } from './failure_sentence';
import { failureMessage } from './failure_title';

export type Answer<Name extends Operation> = ApiResponse<Endpoints[Name]>;

/** The HTTP API as the pages call it: one operation, what it takes, what it answers. */
export type ApiClient = <Name extends Operation>(
  operation: Name,
  given?: Partial<ApiCall<Endpoints[Name]>>,
  signal?: AbortSignal,
) => Promise<Answer<Name>>;

/** Failure of a request, with texts for people. */
export class ApiFailure extends Error {
  public override readonly name = 'ApiFailure';
  constructor(
    /** HTTP status, 0 when Kibana could not be reached. */
    public readonly status: number,
    /** One of DETECTION_ERROR_CODES where the plugin itself refused. */
    public readonly code: string | undefined,
    message: string,
    /** One line for each setting that was refused: its path, the problem, what was given. */
    public readonly issues: readonly string[] = [],
  ) {
    super(message);
  }
}

interface FetchError extends Error {
  readonly response?: { readonly status: number };
  readonly body?: {
    readonly message?: string;
    readonly attributes?: {
      readonly code?: string;
      readonly said?: CodedSentence;
      readonly details?: { readonly issues?: unknown };
    };
  };
}

export function createApiClient(http: HttpSetup): ApiClient {
  return async (operation, given = {}, signal) => {
    const { method, path }: Endpoint = ENDPOINTS[operation];
    const { params, query, body } = given as {
      params?: Record<string, string>;
      query?: Record<string, unknown>;
      body?: unknown;
    };
    const filled = path.replace(/\{(\w+)\}/g, (_match, name: string) =>
      encodeURIComponent(params?.[name] ?? ''),
    );
    const known = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
    try {
      return await http.fetch(filled, {
        method: method.toUpperCase(),
        query: Object.fromEntries(known),
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal,
      });
    } catch (error) {
      const { response, body: answer, message } = error as FetchError;
      const { code, said, details } = answer?.attributes ?? {};
      const issues = Array.isArray(details?.issues) ? details.issues.map(String) : [];
      const status = response?.status ?? 0;
      const told = failureSentence({ message: answer?.message ?? message, said });
      const words = failureMessage(status, told, method === 'get');
      throw new ApiFailure(status, code, words, issues);
    }
  };
}
