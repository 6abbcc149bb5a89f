let mockCanWrite = true;
jest.mock('../../shared/app/app_context', () => ({ useApp: () => ({ canWrite: mockCanWrite }) }));

import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { EditableFields } from './editable_fields';

it.each([
  [true, false],
  [false, true],
])('fields of who may save (%s) are disabled: %s', (canWrite, isDisabled) => {
  mockCanWrite = canWrite;
  const markup = renderToStaticMarkup(
    <EditableFields>
      <input />
    </EditableFields>,
  );
  expect(/<fieldset disabled="".*<input\/><\/fieldset>/.test(markup)).toBe(isDisabled);
});
