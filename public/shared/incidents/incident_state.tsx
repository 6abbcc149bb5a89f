import React, { type ReactElement } from 'react';
import { EuiBadge } from '@elastic/eui';
import type { IncidentBody } from '../../../common/api';
import { incidentStateName } from './incident_text';

const COLORS: Readonly<Record<IncidentBody['state'], string>> = {
  open: 'danger',
  acknowledged: 'primary',
  closed: 'hollow',
  merged: 'hollow',
};

/** State of an incident in a word. */
export const IncidentStateBadge = ({ state }: Pick<IncidentBody, 'state'>): ReactElement => (
  <EuiBadge color={COLORS[state]}>{incidentStateName(state)}</EuiBadge>
);
