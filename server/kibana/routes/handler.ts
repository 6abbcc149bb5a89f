import type { ApiRequest, ApiResponse, Endpoints, Operation } from '../../../common/api';
import type { RequestScope, Services } from '../contracts/services';

/** Context of a handler beside its request. */
export interface HandlerContext {
  readonly services: Services;
  readonly scope: RequestScope;
  /** Fires when the caller has gone away. */
  readonly signal: AbortSignal;
}

/** Text that is sent as it stands, as a file. */
export class FileAnswer {
  constructor(
    public readonly text: string,
    public readonly name: string,
    public readonly contentType = 'application/json',
  ) {}
}

export type Handler<Name extends Operation> = (
  request: ApiRequest<Endpoints[Name]>,
  context: HandlerContext,
) => Promise<ApiResponse<Endpoints[Name]> | FileAnswer>;

/** One handler for each operation named. */
export type Handlers<Name extends Operation = Operation> = { readonly [Each in Name]: Handler<Each> };
