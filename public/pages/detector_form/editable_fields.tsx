import React, { type ReactElement, type ReactNode } from 'react';
import { useApp } from '../../shared/app/app_context';

const PLAIN = { border: 0, margin: 0, padding: 0, minInlineSize: 0 } as const;

/** Fields that are disabled for who may not save them. */
export function EditableFields({ children }: { children: ReactNode }): ReactElement {
  const { canWrite } = useApp();
  return (
    <fieldset disabled={!canWrite} style={PLAIN}>
      {children}
    </fieldset>
  );
}
