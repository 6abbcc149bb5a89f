import type { ComponentType, ReactNode } from 'react';

type ContextProvider = ComponentType<{ services: object; children: ReactNode }>;

interface Bundles {
  get(name: string): { readonly KibanaContextProvider?: ContextProvider };
}

/**
 * Kibana's own React context, which its form for rules asks for. It is looked up when somebody opens that form, not
 * declared in the manifest: where a Kibana has it no more, only that one button does less.
 *
 * Source: src/plugins/kibana_react/public/context/context.tsx.
 */
export function findKibanaContextProvider(): ContextProvider | undefined {
  const { __kbnBundles__: bundles } = globalThis as { __kbnBundles__?: Bundles };
  try {
    return bundles?.get('plugin/kibanaReact/public').KibanaContextProvider;
  } catch {
    return undefined;
  }
}
